package org.ringfence.checker.platform;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.ThreatModel;
import org.ringfence.machine.memory.Ledger;
import org.ringfence.machine.memory.Memory;
import org.ringfence.machine.operation.Cpus;
import org.ringfence.machine.operation.Family;
import org.ringfence.machine.operation.Invariant;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.state.Declaration;
import org.ringfence.machine.state.State;
import org.ringfence.machine.tdx.TdgVpVmcallMapGpa;
import org.ringfence.machine.tdx.Tdx;
import org.ringfence.machine.tdx.TdxAdversary;
import org.ringfence.machine.tdx.TdxFeature;
import org.ringfence.machine.tdx.TdxInjectivity;
import org.ringfence.stack.guest.acceptance.AcceptanceBitmap;
import org.ringfence.stack.guest.svsm.GuestMap;

/** Intel TDX: one TD. */
public final class TdxPlatform implements Platform {

    /**
     * Options of a TD and its machine.
     *
     * @param septVeDisable ATTRIBUTES.SEPT_VE_DISABLE: an access to a pending page leaves for the host and raises no #VE
     * @param septPages whether tables of 4K entries exist from the start; of no meaning without large pages
     * @param sharedPages whether an untrusted host can map pages shared; an honest one always can
     * @param l2 whether there is an L2 VM
     * @param tracking whether blocked pages wait for TDH.MEM.TRACK
     * @param interrupts whether a 2M accept can be interrupted
     * @param entryLocks whether the host can hold the lock of a Secure EPT entry
     * @param bitmap whether the guest has a bitmap of what it accepted
     * @param guestMap whether the monitor tells its inner guest a memory map
     */
    public record Options(
            boolean septVeDisable,
            boolean septPages,
            boolean sharedPages,
            boolean l2,
            boolean tracking,
            boolean interrupts,
            boolean entryLocks,
            boolean bitmap,
            boolean guestMap) {}

    @Override
    public String name() {
        return "tdx";
    }

    @Override
    public Record options() {
        return new Options(true, true, false, false, true, false, false, false, false);
    }

    @Override
    public Machine declare(Declaration declaration, Setting setting) {
        Options options = (Options) setting.options();
        int vcpus = setting.vcpus();
        Cpus cpus = Cpus.declare(declaration, setting.cpus(), TdgVpVmcallMapGpa.ANYTHING);
        Memory memory = Memory.declare(declaration, setting.geometry(), 1);
        Tdx tdx = Tdx.declare(declaration, memory, cpus, vcpus, features(options, setting));
        List<Record> parts = new ArrayList<>(
                List.of(cpus, memory, tdx, Ledger.declare(declaration, setting.geometry().pages())));
        if (options.bitmap) {
            parts.add(AcceptanceBitmap.declare(declaration, setting.geometry()));
        }
        if (options.guestMap) {
            parts.add(GuestMap.declare(declaration, setting.geometry().pages()));
        }
        return new Machine(parts);
    }

    private static Set<TdxFeature> features(Options options, Setting setting) {
        Set<TdxFeature> features = EnumSet.noneOf(TdxFeature.class);
        add(features, TdxFeature.SEPT_VE_DISABLE, options.septVeDisable);
        add(features, TdxFeature.SEPT_PAGES, options.septPages);
        add(features, TdxFeature.SHARED_PAGES, options.sharedPages || setting.hasHostSoftware());
        add(features, TdxFeature.L2_VM, options.l2);
        add(features, TdxFeature.TLB_TRACKING, options.tracking);
        add(features, TdxFeature.INTERRUPTS, options.interrupts);
        add(features, TdxFeature.ENTRY_LOCKS, options.entryLocks);
        add(features, TdxFeature.EXIT_DETAILS, setting.hasHostSoftware());
        return features;
    }

    private static void add(Set<TdxFeature> features, TdxFeature feature, boolean present) {
        if (present) {
            features.add(feature);
        }
    }

    @Override
    public void begin(State state, Machine machine, Setting setting) {
        machine.part(Tdx.class).start(state);
    }

    @Override
    public List<Family> families(Machine machine, Setting setting, ThreatModel threat) {
        List<Family> families = new ArrayList<>();
        if (threat.malicious().contains(Principal.HOST)) {
            families.addAll(TdxAdversary.maliciousHost(machine));
        }
        if (threat.retroactive().contains(Principal.HOST)) {
            families.addAll(TdxAdversary.retroactiveHost(machine));
        }
        if (threat.malicious().contains(Principal.INNER_GUEST) && ((Options) setting.options()).l2) {
            families.addAll(TdxAdversary.maliciousL2(machine, setting.innerGuest()));
        }
        return families;
    }

    @Override
    public List<Invariant> invariants(Machine machine, Setting setting) {
        return List.of(new TdxInjectivity(machine.part(Tdx.class)));
    }
}
