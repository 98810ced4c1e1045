package org.ringfence.machine.cca;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.ringfence.machine.cca.rmi.DataCommand;
import org.ringfence.machine.cca.rmi.GranuleCommand;
import org.ringfence.machine.cca.rmi.ReadEntry;
import org.ringfence.machine.cca.rmi.RealmCommand;
import org.ringfence.machine.cca.rmi.RecCommand;
import org.ringfence.machine.cca.rmi.RipasCommand;
import org.ringfence.machine.cca.rmi.RttCommand;
import org.ringfence.machine.cca.rsi.IpaStateGet;
import org.ringfence.machine.cca.rsi.IpaStateSet;
import org.ringfence.machine.cca.rsi.PsciSystemOff;
import org.ringfence.machine.cca.rtt.Rtt;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.GuestMemory.Mapping;
import org.ringfence.machine.memory.LineInstruction;
import org.ringfence.machine.memory.Load;
import org.ringfence.machine.memory.Note;
import org.ringfence.machine.memory.OnLine;
import org.ringfence.machine.memory.Store;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Machine;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.machine.vocabulary.Range;

/** The operations on a machine with realms as text, and where random runs draw their arguments from. */
public final class CcaForms {
    private static final int OFTEN = 8;

    /**
     * Where random runs put descriptors: mostly where a realm's lies at first, and in one frame beside it, which is the
     * host's where there is a second realm to be made.
     */
    private static final Range RDS = machine -> hasOneRealm(machine) ? List.of(0, 0, 0, 1) : List.of(0, 0, 5);

    /** Where they put RECs: likewise. */
    private static final Range RECS = machine -> hasOneRealm(machine) ? List.of(2, 2, 3, 1) : List.of(2, 2, 6, 1);

    private CcaForms() {}

    /** All of them. */
    public static List<Form> all() {
        List<Form> all = new ArrayList<>(ofHost());
        all.addAll(ofRealm());
        all.add(Form.told("await REC exit", AwaitRecExit.class, Principal.HOST));
        all.add(Form.told("backing granule", BackingGranule.class, Principal.HOST));
        all.add(Form.told("granule is free", GranuleIsFree.class, Principal.HOST));
        return List.copyOf(all);
    }

    private static List<Form> ofHost() {
        Range frames = Range.frames();
        return List.of(
                host("RMI_GRANULE_DELEGATE", GranuleCommand.Delegate.class, frames).times(2 * OFTEN),
                host("RMI_GRANULE_UNDELEGATE", GranuleCommand.Undelegate.class, frames).times(OFTEN),
                host("RMI_DATA_CREATE", DataCommand.Create.class, RDS, frames, CcaForms::ipas, frames,
                        Range.either())
                        .times(OFTEN),
                host("RMI_DATA_CREATE_UNKNOWN", DataCommand.CreateUnknown.class, RDS, frames, CcaForms::ipas)
                        .times(2 * OFTEN),
                host("RMI_DATA_DESTROY", DataCommand.Destroy.class, RDS, CcaForms::ipas).times(OFTEN),
                host("RMI_REALM_ACTIVATE", RealmCommand.Activate.class, RDS).times(OFTEN),
                host("RMI_REALM_CREATE", RealmCommand.Create.class, RDS, frames, Range.of(0, 1)).times(OFTEN),
                host("RMI_REALM_DESTROY", RealmCommand.Destroy.class, RDS).times(2),
                host("RMI_REC_CREATE", RecCommand.Create.class, RDS, RECS, Range.of(0, 1)).times(OFTEN),
                host("RMI_REC_DESTROY", RecCommand.Destroy.class, RECS),
                host("RMI_REC_ENTER", RecCommand.Enter.class, RECS, _ -> List.of(false, false, true), Range.either())
                        .times(6 * OFTEN),
                host("RMI_RTT_CREATE", RttCommand.Create.class, RDS, frames, CcaForms::ipas, CcaForms::levels)
                        .times(OFTEN),
                host("RMI_RTT_DESTROY", RttCommand.Destroy.class, RDS, CcaForms::ipas, CcaForms::levels)
                        .times(OFTEN / 2),
                host("RMI_RTT_FOLD", RttCommand.Fold.class, RDS, CcaForms::ipas, CcaForms::levels).times(OFTEN),
                host("RMI_RTT_MAP_UNPROTECTED", RttCommand.MapUnprotected.class, RDS, CcaForms::ipas,
                        CcaForms::levels, frames)
                        .times(OFTEN),
                host("RMI_RTT_UNMAP_UNPROTECTED", RttCommand.UnmapUnprotected.class, RDS, CcaForms::ipas,
                        CcaForms::levels)
                        .times(OFTEN),
                host("RMI_RTT_READ_ENTRY", ReadEntry.class, RDS, CcaForms::ipas, CcaForms::levels),
                host("RMI_RTT_INIT_RIPAS", RipasCommand.InitRipas.class, RDS, CcaForms::ipas, CcaForms::tops)
                        .times(OFTEN),
                host("RMI_RTT_SET_RIPAS", RipasCommand.SetRipas.class, RDS, RECS, Range.pages(), CcaForms::tops)
                        .times(8 * OFTEN),
                host("access to a line", OnLine.class,
                        Range.of(LineInstruction.LOAD, LineInstruction.STORE, LineInstruction.DMA_READ,
                                LineInstruction.DMA_WRITE),
                        frames, Range.of(0), Range.of(0), Range.of(Value.HOST), Range.of(0))
                        .namedBy("instruction")
                        .knownTo(Principal.VMM)
                        .knownTo(Principal.DEVICE)
                        .times(OFTEN));
    }

    /** What a realm shares is no secret, and what it keeps is: a restraint sees to that. */
    private static List<Form> ofRealm() {
        return List.of(
                realm("RSI_IPA_STATE_SET", IpaStateSet.class, CcaForms::bases, CcaForms::tops, Range.of(0, 1, 0, 1, 2),
                        Range.either(), machine -> List.of(machine.part(Cca.class).geometry()))
                        .times(8 * OFTEN),
                realm("RSI_IPA_STATE_GET", IpaStateGet.class, CcaForms::ipas, CcaForms::tops,
                        machine -> List.of(machine.part(Cca.class).geometry())),
                realm("PSCI_SYSTEM_OFF", PsciSystemOff.class),
                realm("note", Note.class, Range.every(Note.Kind.class), Range.pages()).times(8 * OFTEN),
                realm("load", Load.class, Range.pages(), Range.every(Mapping.class)).times(8 * OFTEN),
                realm("store", Store.class, Range.pages(), Range.every(Mapping.class),
                        Range.of(Value.HOST, Value.DATA, Value.NEWER))
                        .times(8 * OFTEN));
    }

    private static boolean hasOneRealm(Machine machine) {
        return machine.part(Cca.class).realms().count() == 1;
    }

    private static <O extends Record & Operation<?>> Form host(String name, Class<O> type, Range... ranges) {
        return Form.of(name, Principal.HOST, type, ranges);
    }

    private static <O extends Record & Operation<?>> Form realm(String name, Class<O> type, Range... ranges) {
        return Form.of(name, Principal.GUEST, type, ranges);
    }

    private static List<Integer> levels(Machine machine) {
        return List.of(Rtt.PAGE_LEVEL, Rtt.BLOCK_LEVEL);
    }

    /** Every place's, and one that is not aligned. */
    private static List<Long> ipas(Machine machine) {
        Rtt rtt = machine.part(Cca.class).rtt();
        List<Long> all = new ArrayList<>(IntStream.range(0, rtt.places()).mapToObj(rtt::ipa).toList());
        all.add(rtt.ipa(0) + Geometry.SMALL / 2);
        return all;
    }

    /** Protected pages mostly, where a range can begin. */
    private static List<Long> bases(Machine machine) {
        Rtt rtt = machine.part(Cca.class).rtt();
        List<Long> all = new ArrayList<>();
        IntStream.range(0, 2 * rtt.geometry().pages()).forEach(i -> all.add(rtt.ipa(i % rtt.geometry().pages())));
        all.add(rtt.ipa(rtt.geometry().pages()));
        all.add(rtt.ipa(0) + Geometry.SMALL / 2);
        return all;
    }

    /** What lies behind each protected page. */
    private static List<Long> tops(Machine machine) {
        Rtt rtt = machine.part(Cca.class).rtt();
        return IntStream.range(0, rtt.geometry().pages())
                .mapToObj(page -> rtt.ipa(page) + Geometry.SMALL)
                .toList();
    }
}
