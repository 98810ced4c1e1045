package org.ringfence.machine.snp;

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
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.machine.vocabulary.Range;

/** The operations around one SEV-SNP guest as text and tables of arguments: those of its host, of VMPL0 and of what runs below it. */
public final class SnpForms {
    /** Most of what a guest tries leaves for the host, and it does nothing more until it is resumed. */
    private static final int RESUMING = 16;

    /** A page must be assigned, mapped and validated before anything else of it succeeds. */
    private static final int OFTEN = 8;

    private SnpForms() {}

    /** All of them. What an inner guest stores the host knows: it may share it. */
    public static List<Form> all() {
        return List.of(
                host(
                        "RMPUPDATE",
                        Rmpupdate.class,
                        Range.frames(),
                        Range.either(),
                        Range.pages(),
                        Range.levels(),
                        Range.of(RmpOptions.FIRST_ASID, 0, 2),
                        Range.either()).times(OFTEN),
                host("PSMASH", Psmash.class, Range.frames()),
                host("map nested page", MapNestedPage.class, Range.pages(), Range.frames(), Range.levels())
                        .times(OFTEN),
                host("unmap nested page", UnmapNestedPage.class, Range.pages()),
                host("split nested page", SplitNestedPage.class, Range.pages()),
                host("VMRUN", Vmrun.class, vcpus()).times(RESUMING),
                host("VMRUN answering", AnswerVmgexit.class, vcpus(), Range.of(0, 1, 2)).times(RESUMING),
                host("host load", HostLoad.class, Range.frames()),
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
                        .alsoBy(Principal.INNER_GUEST),
                host("RMPREAD", Rmpread.class, Range.frames()),
                host("host copy", HostCopy.class, Range.frames(), Range.frames()),
                host("VMRUN from VMSA", VmrunFromVmsa.class, vcpus(), Range.frames()).times(OFTEN),
                Form.of("inner load", Principal.INNER_GUEST, InnerLoad.class, Range.pages(),
                        Range.every(Mapping.class)).times(OFTEN),
                Form.of("inner store", Principal.INNER_GUEST, InnerStore.class, Range.pages(),
                        Range.every(Mapping.class), Range.of(Value.HOST)).times(OFTEN));
    }

    private static <O extends Record & Operation<?>> Form host(String name, Class<O> type, Range... ranges) {
        return Form.of(name, Principal.HOST, type, ranges);
    }

    private static Range vcpus() {
        return machine -> IntStream.range(0, machine.part(Snp.class).exits().vcpus()).boxed().toList();
    }
}
