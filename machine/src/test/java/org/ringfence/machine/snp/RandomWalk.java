package org.ringfence.machine.snp;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Cpus.Status;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.sev.MapNestedPage;
import org.ringfence.machine.sev.adversary.SevAdversary;
import org.ringfence.machine.snp.adversary.HostPower;
import org.ringfence.machine.snp.adversary.SnpAdversary;
import org.ringfence.machine.snp.psc.PageStateChange;
import org.ringfence.machine.snp.rmp.Pvalidate;
import org.ringfence.machine.snp.rmp.RawRmpEntry;
import org.ringfence.machine.snp.rmp.RmpOptions;
import org.ringfence.machine.snp.rmp.Rmpadjust;
import org.ringfence.machine.state.State;

/** A walk through reachable states of a machine: a hostile host, an inner guest and a guest, all at random. */
record RandomWalk(SnpMachine machine, long seed, int steps) {

    /** What is told of every step. */
    interface Observer {
        void step(State before, Actor actor, Operation<?> operation, long outcome, State after);
    }

    /** Machines without and with large pages, with and without each option. */
    static Stream<SnpMachine> machines() {
        return Stream.of(
                SnpMachine.of(new Geometry(3, 3, 1), RmpOptions.least()),
                SnpMachine.of(new Geometry(4, 4, 2), RmpOptions.least().withVmpl(2)),
                SnpMachine.of(
                        new Geometry(4, 8, 4),
                        RmpOptions.least().withImmutable().withVmsa().withVmpl(2).withAsids(3, 2)),
                SnpMachine.of(
                        new Geometry(2, 3, 1),
                        RmpOptions.least().withVmpl(2).withoutSharedReadCheck().withoutSizemOnAccess()));
    }

    static List<Family> families(SnpMachine machine) {
        EnumSet<HostPower> powers = EnumSet.allOf(HostPower.class);
        if (!machine.snp().options().immutable()) {
            powers.remove(HostPower.ASSIGN_IMMUTABLE);
        }
        List<Family> families = new ArrayList<>();
        families.addAll(SnpAdversary.maliciousHost(machine.machine(), SnpMachine.VCPUS, powers));
        families.addAll(SnpAdversary.retroactiveHost(machine.machine()));
        families.addAll(SnpAdversary.maliciousInnerGuest(machine.machine(), SnpMachine.INNER, true));
        families.addAll(SevAdversary.compare(machine.memory(), machine.parts().note()));
        families.addAll(SnpAdversary.aliases(machine.parts().aliases().orElseThrow()));
        families.addAll(SevAdversary.bus(machine.snp(), machine.memory(), machine.parts().note()));
        return families;
    }

    static Actor actor(Principal principal) {
        return switch (principal) {
            case HOST -> SnpMachine.HOST;
            case BUS -> SnpMachine.BUS;
            case GUEST, INNER_GUEST, VMM, DEVICE, HARDWARE -> SnpMachine.INNER;
        };
    }

    void each(Observer observer) {
        Random random = new Random(seed);
        List<Family> families = families(machine);
        State state = machine.newState();
        machine.parts().aliases().orElseThrow().start(state, random.nextInt(4) == 0);
        if (random.nextBoolean()) {
            Level size =
                    machine.snp().geometry().hasLargePages() && random.nextBoolean() ? Level.SIZE_2M : Level.SIZE_4K;
            machine.snp().launch(state, 0, 0, size, true);
            machine.ask(state, SnpMachine.GUEST, new Store(0, Value.DATA));
        }
        for (int i = 0; i < steps; i++) {
            Actor actor;
            Operation<?> operation;
            int who = random.nextInt(10);
            if (who < 5) {
                actor = random.nextInt(4) == 0 ? SnpMachine.INNER : SnpMachine.GUEST;
                operation = guests(random);
            } else if (who < 8) {
                actor = SnpMachine.HOST;
                operation = mapsWhereAssigned(state, random);
            } else {
                Family family = families.get(random.nextInt(families.size()));
                List<Integer> arguments = family.arguments();
                actor = actor(family.principal());
                int tries = 8;
                do {
                    operation = family.operation(arguments.get(random.nextInt(arguments.size())));
                } while (machine.ask(state.snapshot(), actor, operation) != 0 && --tries > 0);
            }
            if (actor.index() < SnpMachine.VCPUS
                    && !machine.parts().cpus().status().is(state, actor.index(), Status.RUNNING)) {
                machine.parts().cpus().takeAnswer(state, actor.index());
                machine.snp().exits().resume(state, actor.index());
                continue;
            }
            State before = state.snapshot();
            long outcome = machine.ask(state, actor, operation);
            observer.step(before, actor, operation, outcome, state);
        }
    }

    /** What a host that means well does with any frame: random families alone seldom let a guest read. */
    private Operation<?> mapsWhereAssigned(State state, Random random) {
        int frame = random.nextInt(machine.snp().geometry().frames());
        RawRmpEntry entry = machine.rmp().raw(state, frame);
        return new MapNestedPage(
                entry.gpa() * Geometry.SMALL, new Frame(frame), entry.large() ? Level.SIZE_2M : Level.SIZE_4K);
    }

    private Operation<?> guests(Random random) {
        Geometry geometry = machine.snp().geometry();
        long gpa = geometry.gpa(random.nextInt(geometry.pages()));
        Level size = geometry.hasLargePages() && random.nextBoolean() ? Level.SIZE_2M : Level.SIZE_4K;
        Mapping mapping = random.nextInt(4) == 0 ? Mapping.SHARED : Mapping.PRIVATE;
        boolean grants = machine.snp().options().keeps(Snp.INNER_VMPL);
        return switch (random.nextInt(7)) {
            case 0, 1 -> Pvalidate.validate(gpa, size);
            case 2 -> Pvalidate.rescind(gpa, size);
            case 3 -> grants && random.nextBoolean() ? Rmpadjust.grant(gpa, size) : new Load(gpa, mapping);
            case 4 -> grants && random.nextInt(4) == 0 ? Rmpadjust.revoke(gpa, size) : new Load(gpa, mapping);
            case 5 -> new Store(gpa, mapping, random.nextBoolean() ? Value.DATA : Value.NEWER);
            default -> new PageStateChange(
                    gpa,
                    random.nextBoolean() ? PageStateChange.Target.PRIVATE : PageStateChange.Target.SHARED,
                    size);
        };
    }
}
