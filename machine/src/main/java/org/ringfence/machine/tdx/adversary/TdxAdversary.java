package org.ringfence.machine.tdx.adversary;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Frame;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.tdx.module.TdxModule;
import org.ringfence.machine.tdx.seamcall.TdhMemPageAug;
import org.ringfence.machine.tdx.seamcall.TdhMemPageDemote;
import org.ringfence.machine.tdx.seamcall.TdhMemPageDemoteWithPamt;
import org.ringfence.machine.tdx.seamcall.TdhMemPagePromote;
import org.ringfence.machine.tdx.seamcall.TdhMemPageRelocate;
import org.ringfence.machine.tdx.seamcall.TdhMemPageRemove;
import org.ringfence.machine.tdx.seamcall.TdhMemRangeBlock;
import org.ringfence.machine.tdx.seamcall.TdhMemRangeUnblock;
import org.ringfence.machine.tdx.seamcall.TdhMemSeptAdd;
import org.ringfence.machine.tdx.seamcall.TdhMemSeptRemove;
import org.ringfence.machine.tdx.seamcall.TdhMemTrack;
import org.ringfence.machine.tdx.seamcall.TdhVpEnter;
import org.ringfence.machine.tdx.sept.SeptOperand;
import org.ringfence.machine.tdx.td.Tdx;
import org.ringfence.machine.tdx.td.TdxFeature;

/** What those around and inside a TD may do when they are not trusted, as far as the machine has the parts for it. */
public final class TdxAdversary {
    private static final int MOST_FRAMES = 64;

    private TdxAdversary() {}

    /**
     * A host that does anything at any time, to each of its TDs: every SEAMCALL on the Secure EPT that succeeds, kicks,
     * resumes and answers, and any shared mapping; and reads and writes of any frame under KeyID 0. A call that fails
     * and changes nothing is left out.
     */
    public static List<Family> maliciousHost(Machine machine) {
        Tdx first = machine.part(Tdx.class);
        if (first.geometry().frames() > MOST_FRAMES) {
            throw new IllegalArgumentException("a host that is not trusted has at most " + MOST_FRAMES
                    + " frames to try, not " + first.geometry().frames());
        }
        List<Tdx> tds = machine.parts(Tdx.class);
        List<Family> families = new ArrayList<>();
        tds.forEach(tdx -> addTd(families, tdx));
        machine.find(TdxModule.class)
                .filter(module -> module.options().version().hasDynamicPamt())
                .ifPresent(module -> addDemotes(families, machine, first));
        families.add(new HostStoreFamily(first));
        tds.stream().filter(Tdx::hasShared).map(MapSharedFamily::new).forEach(families::add);
        families.add(new HostLoadFamily(first));
        return List.copyOf(families);
    }

    /** TDH.MEM.PAGE.DEMOTE of pages of 2M to tables and PAMT in any frames. */
    private static void addDemotes(List<Family> families, Machine machine, Tdx tdx) {
        List<TdhMemPageDemoteWithPamt> calls = new ArrayList<>();
        int entries = tdx.geometry().hasLargePages() && tdx.options().has(TdxFeature.TABLES)
                ? tdx.sept().table(1).count()
                : 0;
        int frames = tdx.geometry().frames();
        for (int i = 0; i < entries * frames * frames * frames; i++) {
            int pages = i / entries;
            long gpa = tdx.geometry().gpa(i % entries * tdx.sept().table(1).span());
            calls.add(new TdhMemPageDemoteWithPamt(
                    tdx.td(), SeptOperand.rcx(gpa, 1), new Frame(pages % frames), new Frame(pages / frames % frames),
                    new Frame(pages / frames / frames)));
        }
        if (!calls.isEmpty()) {
            families.add(LeafFamily.of(machine, host(tdx, 0), calls));
        }
    }

    private static void addTd(List<Family> families, Tdx tdx) {
        for (int level = 0; level < tdx.sept().options().kept(); level++) {
            addLevel(families, tdx, level);
        }
        if (tdx.epochs().tracked()) {
            families.add(new TrackFamily(tdx, new TdhMemTrack(tdx.td()).bind(tdx, 0)));
        }
        families.add(new KickFamily(tdx));
        for (int lp = 0; lp < (tdx.vps().associated() ? tdx.vps().lps() : 1); lp++) {
            families.add(new EnterFamily(tdx, TdhVpEnter.bind(tdx, lp)));
            families.add(new AnswerFamily(tdx, TdhVpEnter.bind(tdx, lp)));
            if (tdx.vps().associated()) {
                families.add(FlushFamily.of(tdx, lp));
            }
        }
        if (tdx.vcpus().interruptAfter().max() > 0) {
            families.add(new InterruptFamily(tdx));
        }
    }

    /** The host as it calls from {@code lp}, which is said where vCPUs are associated with logical CPUs. */
    static Actor host(Tdx tdx, int lp) {
        Actor somewhere = new Actor(-1, Principal.HOST, Principal.HOST.toString());
        return tdx.vps().associated()
                ? new Actor(-1, Principal.HOST, Principal.HOST + " on CPU " + lp).on(lp)
                : somewhere;
    }

    private static void addLevel(List<Family> families, Tdx tdx, int level) {
        boolean pages = level == 0 || tdx.geometry().hasLargePages();
        if (level <= 1 && pages) {
            families.add(EntryFamily.of(tdx, level, TdhMemPageAug::new));
        }
        families.add(EntryFamily.of(tdx, level, (td, rcx, _) -> new TdhMemRangeBlock(td, rcx)));
        families.add(EntryFamily.of(tdx, level, (td, rcx, _) -> new TdhMemRangeUnblock(td, rcx)));
        if (level <= 2 && pages) {
            families.add(EntryFamily.of(tdx, level, (td, rcx, _) -> new TdhMemPageRemove(td, rcx)));
        }
        if (tdx.options().has(TdxFeature.TABLES)) {
            addTables(families, tdx, level, pages);
        }
    }

    /**
     * Other logical processors of the host, honest or not, in leaves that lock an entry and change nothing. Empty
     * without {@link TdxFeature#ENTRY_LOCKS}.
     */
    public static List<Family> otherProcessors(Machine machine) {
        List<Family> families = new ArrayList<>();
        for (Tdx tdx : machine.parts(Tdx.class)) {
            int levels = tdx.options().has(TdxFeature.ENTRY_LOCKS) ? Math.min(2, tdx.sept().options().kept()) : 0;
            for (int level = 0; level < levels; level++) {
                families.add(new LockFamily(tdx, Level.values()[level]));
            }
        }
        return List.copyOf(families);
    }

    private static void addTables(List<Family> families, Tdx tdx, int level, boolean pages) {
        if (level == 0) {
            families.add(EntryFamily.of(tdx, level, TdhMemPageRelocate::new));
            return;
        }
        families.add(EntryFamily.of(tdx, level, TdhMemSeptAdd::new));
        families.add(EntryFamily.of(tdx, level, (td, rcx, _) -> new TdhMemSeptRemove(td, rcx)));
        if (level <= 2 && pages) {
            families.add(EntryFamily.of(tdx, level, TdhMemPageDemote::new));
            families.add(EntryFamily.of(tdx, level, (td, rcx, _) -> new TdhMemPagePromote(td, rcx)));
        }
    }

    /** A host that from now on reads all it can reach, and writes nothing. */
    public static List<Family> retroactiveHost(Machine machine) {
        return List.of(new HostLoadFamily(machine.part(Tdx.class)));
    }

    /**
     * An L2 of the first TD that reads and overwrites whatever it has been granted.
     *
     * @param l2 an actor that is an {@link Principal#INNER_GUEST}
     */
    public static List<Family> maliciousL2(Machine machine, Actor l2) {
        Tdx tdx = machine.part(Tdx.class);
        if (l2.principal() != Principal.INNER_GUEST || !tdx.hasL2()) {
            throw new IllegalArgumentException(l2 + " is no L2, or the machine lacks the feature L2_VM");
        }
        return List.of(L2AccessFamily.of(tdx, l2));
    }
}
