package org.ringfence.platform.lending;

import java.util.List;
import org.ringfence.checker.check.Registry.Entry;
import org.ringfence.checker.check.Routines;
import org.ringfence.machine.memory.Look;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.vocabulary.Form;
import org.ringfence.stack.cache.Unflushed;
import org.ringfence.stack.guest.lending.LendPage;
import org.ringfence.stack.guest.lending.LendingPlatform;
import org.ringfence.stack.host.pkvm.ServeProtectedGuest;
import org.ringfence.stack.host.s390.ServeSecureGuest;

/** A guest that lends a page, and the hosts of pKVM and s390. */
public final class LendingRoutines implements Routines {

    /** Options of a host that has none. */
    public record Host() {}

    @Override
    public List<Form> forms() {
        return List.of(Form.told("look", Look.class, Principal.GUEST));
    }

    @Override
    public List<Entry> entries() {
        return List.of(
                new Entry(
                        "lend-page",
                        new LendPage.Options(LendingPlatform.SEV, true),
                        (options, geometry) -> ((LendPage.Options) options).of(geometry),
                        "lends a page to the host and takes it back (SEV, SNP, TDX, CCA, pKVM, s390)")
                        .needing(Unflushed.PART),
                new Entry(
                        "pkvm-host",
                        new Host(),
                        (options, geometry) -> new ServeProtectedGuest(geometry),
                        "an honest host: donates pages on faults (pKVM)"),
                new Entry(
                        "s390-host",
                        new Host(),
                        (options, geometry) -> new ServeSecureGuest(geometry),
                        "an honest host: imports pages on faults (s390)"));
    }
}
