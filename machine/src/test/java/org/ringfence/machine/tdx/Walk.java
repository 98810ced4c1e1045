package org.ringfence.machine.tdx;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Scrub;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Outcome;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.adversary.TdxAdversary;
import org.ringfence.machine.tdx.host.HoldEntryLock;
import org.ringfence.machine.tdx.host.KickVcpu;
import org.ringfence.machine.tdx.host.StoreUnderKeyId0;
import org.ringfence.machine.tdx.seamcall.TdhMemRangeBlock;
import org.ringfence.machine.tdx.sept.SeptTable;
import org.ringfence.machine.tdx.td.L2Access;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAccept;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAttrWr;
import org.ringfence.machine.tdx.tdcall.TdgVpVmcallMapGpa;

/** A random walk through the states of a TD: any operation of the host's or L1's, enabled or not. */
final class Walk {

    /** An operation and who asks for it. */
    record Move(Actor actor, Operation<?> operation) {}

    private final Td td;
    private final Random random;
    private final List<List<Move>> kinds;
    private State state;

    Walk(Td td, Random random) {
        this.td = td;
        this.random = random;
        this.kinds = List.copyOf(moves(td).stream()
                .collect(Collectors.groupingBy(move -> move.operation().getClass(), LinkedHashMap::new,
                        Collectors.toList()))
                .values());
        this.state = td.start();
    }

    State state() {
        return state;
    }

    /** Every operation that this machine knows, with every argument. */
    static List<Move> moves(Td td) {
        List<Move> moves = new ArrayList<>();
        for (Family family : TdxAdversary.maliciousHost(td.machine())) {
            for (int arguments : family.arguments()) {
                moves.add(new Move(td.host(), family.operation(arguments)));
            }
        }
        Geometry geometry = td.tdx().geometry();
        for (Actor vcpu : td.vcpus()) {
            for (int page = 0; page < geometry.pages(); page++) {
                long gpa = geometry.gpa(page);
                moves.add(new Move(vcpu, new TdgMemPageAccept(gpa, Level.SIZE_4K)));
                moves.add(new Move(vcpu, new Load(gpa)));
                moves.add(new Move(vcpu, new Store(gpa, Value.DATA)));
                moves.add(new Move(vcpu, new Scrub(gpa)));
                moves.add(new Move(vcpu, new TdgVpVmcallMapGpa(Mapping.SHARED, gpa, Geometry.SMALL)));
                if (td.tdx().hasShared()) {
                    moves.add(new Move(vcpu, new Load(gpa, Mapping.SHARED)));
                    moves.add(new Move(vcpu, new Store(gpa, Mapping.SHARED, Value.DATA)));
                }
                if (geometry.hasLargePages() && geometry.isLargeAligned(page)) {
                    moves.add(new Move(vcpu, new TdgMemPageAccept(gpa, Level.SIZE_2M)));
                }
                if (td.tdx().hasL2()) {
                    moves.add(new Move(vcpu, TdgMemPageAttrWr.grant(gpa, Level.SIZE_4K, L2Access.READ_WRITE)));
                    moves.add(new Move(vcpu, TdgMemPageAttrWr.grant(gpa, Level.SIZE_4K, L2Access.READ)));
                    moves.add(new Move(vcpu, TdgMemPageAttrWr.revoke(gpa, Level.SIZE_4K, true)));
                }
            }
        }
        return List.copyOf(moves);
    }

    /** Takes one step that does not wait; starts over when a TD is fatal, and now and then. */
    void step() {
        if (td.tds().stream().anyMatch(tdx -> tdx.isFatal(state)) && random.nextInt(4) == 0
                || random.nextInt(200) == 0) {
            state = td.start();
        }
        while (true) {
            List<Move> kind = kinds.get(random.nextInt(kinds.size()));
            Move move = kind.get(random.nextInt(kind.size()));
            if (isRare(move.operation()) && random.nextInt(8) != 0) {
                continue;
            }
            state.forgetObserved();
            if (move.operation().on(td.machine(), move.actor()).take(state) != Outcome.WAITS) {
                state.forgetObserved();
                return;
            }
        }
    }

    /** What takes pages away or ends the TD; too often, and nothing else would come about. */
    private static boolean isRare(Operation<?> operation) {
        return operation instanceof StoreUnderKeyId0
                || operation instanceof TdhMemRangeBlock
                || operation instanceof KickVcpu
                || operation instanceof HoldEntryLock lock && lock.by() != SeptTable.Lock.FREE;
    }
}
