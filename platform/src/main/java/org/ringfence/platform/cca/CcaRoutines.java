package org.ringfence.platform.cca;

import java.util.List;
import org.ringfence.checker.check.Registry.Entry;
import org.ringfence.checker.check.Routines;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.guest.cca.KeepInRealm;
import org.ringfence.stack.guest.cca.KeepInRealm.Again;
import org.ringfence.stack.host.cca.ServeRealm;

/** Software for Arm CCA: guests, and what an honest host does for them. */
public final class CcaRoutines implements Routines {

    /** Options of an honest host. */
    public record CcaHost(
            @Meaning("vCPUs of the realm") int vcpus,
            @Meaning("whether it refuses what the realm asks for by RSI_IPA_STATE_SET") boolean rejects) {
        Routine<?> serving(Geometry geometry) {
            return new ServeRealm(geometry, vcpus, rejects);
        }
    }

    @Override
    public List<Entry> entries() {
        return List.of(
                new Entry(
                        "cca-host",
                        new CcaHost(1, false),
                        (options, geometry) -> ((CcaHost) options).serving(geometry),
                        "an honest host: backs pages on faults and changes RIPAS as asked (CCA)"),
                new Entry(
                        "keep-in-realm",
                        new KeepInRealm.Options(false, Again.NOTHING),
                        (options, geometry) -> ((KeepInRealm.Options) options).on(geometry),
                        "makes a page RAM, writes it and reads it (CCA)"));
    }
}
