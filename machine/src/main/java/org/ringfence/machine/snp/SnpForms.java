package org.ringfence.machine.snp;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.sev.AnswerVmgexit;
import org.ringfence.machine.sev.HostLoad;
import org.ringfence.machine.sev.HostStore;
import org.ringfence.machine.sev.MapNestedPage;
import org.ringfence.machine.sev.SplitNestedPage;
import org.ringfence.machine.sev.UnmapNestedPage;
import org.ringfence.machine.sev.Vmrun;
import org.ringfence.machine.sev.Wbinvd;
import org.ringfence.machine.snp.adversary.ForgeRmpEntry;
import org.ringfence.machine.snp.adversary.InnerLoad;
import org.ringfence.machine.snp.adversary.InnerStore;
import org.ringfence.machine.snp.firmware.ConfigureSnp;
import org.ringfence.machine.snp.firmware.FirmwareSwap;
import org.ringfence.machine.snp.firmware.HostCopy;
import org.ringfence.machine.snp.firmware.RawSnpCommand;
import org.ringfence.machine.snp.firmware.RmpWindow;
import org.ringfence.machine.snp.firmware.SnpCommand;
import org.ringfence.machine.snp.firmware.SnpCommand.OfGuest.GuestCommand;
import org.ringfence.machine.snp.firmware.SnpCommand.OfPlatform.PlatformCommand;
import org.ringfence.machine.snp.firmware.SnpFirmware;
import org.ringfence.machine.snp.firmware.SnpFirmware.PageType;
import org.ringfence.machine.snp.firmware.StoreToRmp;
import org.ringfence.machine.snp.firmware.SwapType;
import org.ringfence.machine.snp.psc.PageStateChange;
import org.ringfence.machine.snp.psc.PscRequest;
import org.ringfence.machine.snp.psc.PscService;
import org.ringfence.machine.snp.rmp.LookUpPage;
import org.ringfence.machine.snp.rmp.Permissions;
import org.ringfence.machine.snp.rmp.Psmash;
import org.ringfence.machine.snp.rmp.Pvalidate;
import org.ringfence.machine.snp.rmp.ReverseMapTable;
import org.ringfence.machine.snp.rmp.RmpOptions;
import org.ringfence.machine.snp.rmp.Rmpadjust;
import org.ringfence.machine.snp.rmp.Rmpquery;
import org.ringfence.machine.snp.rmp.Rmpread;
import org.ringfence.machine.snp.rmp.Rmpupdate;
import org.ringfence.machine.state.FrameRef;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.machine.vocabulary.Range;

/**
 * The operations around one SEV-SNP guest as text and tables of arguments: those of its host, of VMPL0 and of what runs
 * below it.
 */
public final class SnpForms {
    /** Most of what a guest tries leaves for the host, and it does nothing more until it is resumed. */
    private static final int RESUMING = 32;

    /**
     * A page must be assigned, mapped and validated before anything else of it succeeds; beside that, guests come and
     * go seldom.
     */
    private static final int OFTEN = 24;

    private SnpForms() {}

    /** All of them. What an inner guest stores the host knows: it may share it. */
    public static List<Form> all() {
        return List.of(
                host(
                        "RMPUPDATE",
                        Rmpupdate.class,
                        Range.frames(),
                        Range.either(),
                        gpas(),
                        Range.levels(),
                        Range.of(RmpOptions.FIRST_ASID, 0, 2),
                        Range.either()).times(3 * OFTEN),
                host("PSMASH", Psmash.class, Range.frames()).times(8),
                host("map nested page", MapNestedPage.class, Range.pages(), Range.frames(), Range.levels())
                        .times(OFTEN),
                host("unmap nested page", UnmapNestedPage.class, Range.pages()),
                host("split nested page", SplitNestedPage.class, Range.pages()),
                host("VMRUN", Vmrun.class, vcpus()).times(RESUMING),
                host("VMRUN", AnswerVmgexit.class, vcpus(), Range.of(0, 1, 2)).times(RESUMING),
                host("host load", HostLoad.class, Range.frames()).knownTo(Principal.BUS),
                host("host store", HostStore.class, Range.frames(), Range.of(Value.HOST), Range.levels()),
                Form.of(
                        "PVALIDATE",
                        Principal.GUEST,
                        Pvalidate.class,
                        Range.pages(),
                        Range.levels(),
                        Range.either()).alsoBy(Principal.INNER_GUEST).times(2 * OFTEN),
                Form.of(
                        "RMPADJUST",
                        Principal.GUEST,
                        Rmpadjust.class,
                        Range.pages(),
                        Range.levels(),
                        Range.of(2, 1, 3, 0, 4),
                        Range.of(Permissions.NONE, Permissions.ALL, Permissions.READ),
                        Range.either()).alsoBy(Principal.INNER_GUEST).times(OFTEN),
                Form.of(
                        "PSC",
                        Principal.GUEST,
                        PageStateChange.class,
                        Range.pages(),
                        Range.every(PageStateChange.Target.class),
                        Range.levels(),
                        Range.every(PageStateChange.Protocol.class)),
                Form.of("RMPQUERY", Principal.GUEST, Rmpquery.class, Range.pages(), Range.of(2, 1, 3, 0))
                        .alsoBy(Principal.INNER_GUEST),
                Form.of("access as", Principal.GUEST, AccessAs.class, Range.pages(), Range.every(Access.class))
                        .namedBy("access")
                        .alsoBy(Principal.INNER_GUEST),
                host("RMPREAD", Rmpread.class, Range.frames()),
                host("host copy", HostCopy.class, Range.frames(), Range.frames()),
                host("VMRUN", VmrunFromVmsa.class, vcpus(), Range.frames()).times(8),
                Form.of("inner load", Principal.INNER_GUEST, InnerLoad.class, Range.pages(),
                        Range.every(Mapping.class)).times(OFTEN),
                Form.of("inner store", Principal.INNER_GUEST, InnerStore.class, Range.pages(),
                        Range.every(Mapping.class), Range.of(Value.HOST)).times(OFTEN));
    }

    /**
     * What software asks beside instructions: of its tables, and of the buffer of page state changes; and who forges
     * what is in them.
     */
    public static List<Form> told() {
        return List.of(
                Form.told("INVLPGB", Invlpgb.class, Principal.GUEST, Principal.HOST),
                Form.told("look up page", LookUpPage.class, Principal.HOST),
                Form.told("forge RMP entry", ForgeRmpEntry.class, Principal.BUS),
                Form.told("PSC", PscRequest.Call.class, Principal.GUEST),
                Form.told("read PSC header", PscRequest.ReadHeader.class, Principal.GUEST),
                Form.told("write PSC header", PscRequest.WriteHeader.class, Principal.GUEST),
                Form.told("write PSC entry", PscRequest.WriteEntry.class, Principal.GUEST),
                Form.told("next PSC entry", PscService.Next.class, Principal.HOST),
                Form.told("complete PSC entry", PscService.Complete.class, Principal.HOST),
                Form.told("forge PSC header", PscService.ForgeHeader.class, Principal.HOST));
    }

    /**
     * The commands of the firmware, and what readies a machine for them. A launch leaves the inner guest without
     * permissions.
     */
    public static List<Form> firmware() {
        return List.of(
                host("WRMSR", ConfigureSnp.class, Range.either(), Range.either()),
                host("WBINVD", Wbinvd.class, Range.of(0)),
                host("SNP platform command", SnpCommand.OfPlatform.class, Range.every(PlatformCommand.class))
                        .namedBy("kind"),
                host("store to the RMP", StoreToRmp.class, framesInWindow(), Range.pages()).times(16),
                Form.told("SNP_INIT_EX", SnpCommand.InitEx.class, Principal.HOST),
                Form.told("SNP_GUEST_STATUS", SnpCommand.GuestStatus.class, Principal.HOST),
                host("SNP guest command", SnpCommand.OfGuest.class, Range.every(GuestCommand.class), contexts())
                        .namedBy("kind"),
                host(
                        "SNP_LAUNCH_START",
                        SnpCommand.LaunchStart.class,
                        contexts(),
                        Range.of(SnpCommand.LaunchStart.LEAST_POLICY, 0L)),
                host("SNP_ACTIVATE", SnpCommand.Activate.class, contexts(), Range.of(1, 2)),
                Form.told("SNP command", RawSnpCommand.class, Principal.HOST),
                host(
                        "SNP_LAUNCH_UPDATE",
                        SnpCommand.LaunchUpdate.class,
                        contexts(),
                        Range.frames(),
                        Range.levels(),
                        Range.every(PageType.class),
                        Range.of(0)).times(OFTEN),
                host("SNP_PAGE_RECLAIM", SnpCommand.PageReclaim.class, Range.frames(), Range.levels()).times(OFTEN),
                host(
                        "SNP_PAGE_MOVE",
                        SnpCommand.PageMove.class,
                        contexts(),
                        Range.frames(),
                        Range.frames(),
                        Range.levels()).times(OFTEN),
                host("SNP_MD_INIT", SnpCommand.MdInit.class, contexts(), Range.frames()).times(OFTEN),
                host("SNP_PAGE_SET_STATE", SnpCommand.PageSetState.class, Range.frames(), Range.of(1, 2)),
                host("SNP_PAGE_UNSMASH", SnpCommand.PageUnsmash.class, Range.frames()),
                host(
                        "SNP_SWAP_OUT",
                        SnpCommand.SwapOut.class,
                        contexts(),
                        Range.frames(),
                        Range.frames(),
                        metadata(),
                        Range.levels(),
                        Range.every(SwapType.class)).times(2 * OFTEN),
                host(
                        "SNP_SWAP_IN",
                        SnpCommand.SwapIn.class,
                        contexts(),
                        Range.frames(),
                        Range.frames(),
                        metadata(),
                        Range.levels(),
                        Range.every(SwapType.class),
                        Range.either()).times(3 * OFTEN));
    }

    /** What an RMP entry can name: the guest's memory, and where the first VMSA of a vCPU lies. */
    private static Range gpas() {
        return machine -> {
            List<Object> all = new ArrayList<>(Range.pages().in(machine));
            if (machine.part(Snp.class).options().vmsa()) {
                all.add(ReverseMapTable.VMSA_GPA);
            }
            return all;
        };
    }

    /** Every frame, where SNP_INIT takes two steps; else none. */
    private static Range framesInWindow() {
        return machine -> machine.find(RmpWindow.class)
                .map(_ -> List.copyOf(Range.frames().in(machine)))
                .orElse(List.of());
    }

    /** The first frames are for contexts of guests. */
    private static Range contexts() {
        return machine -> IntStream.range(0, machine.part(SnpFirmware.class).guests().count()).boxed().toList();
    }

    /** In the context, or in one of the two frames after those. */
    private static Range metadata() {
        return machine -> {
            int contexts = machine.part(FirmwareSwap.class).firmware().guests().count();
            return List.of(FrameRef.NONE, contexts, contexts + 1);
        };
    }

    private static <O extends Record & Operation<?>> Form host(String name, Class<O> type, Range... ranges) {
        return Form.of(name, Principal.HOST, type, ranges);
    }

    private static Range vcpus() {
        return machine -> IntStream.range(0, machine.part(Snp.class).exits().vcpus()).boxed().toList();
    }
}
