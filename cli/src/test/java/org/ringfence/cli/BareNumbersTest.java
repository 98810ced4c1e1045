package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.ringfence.checker.check.ActorSpec;
import org.ringfence.checker.check.Assembly;
import org.ringfence.checker.check.Case;
import org.ringfence.checker.check.Expectation;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Registry;
import org.ringfence.checker.check.ThreatModel;
import org.ringfence.cli.casefile.BadInput;
import org.ringfence.cli.casefile.CaseReader;
import org.ringfence.cli.casefile.Catalogue;
import org.ringfence.machine.operation.Actor;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.state.Layout;
import org.ringfence.machine.state.ValueNames;

/** What a trace prints as a number is a number: of a page, a key, a CPU, or how many there are of something. */
class BareNumbersTest {
    private static final Registry REGISTRY = Registry.found();

    /** Fields that print as numbers, by the name of the table and of the field. */
    private static final Set<String> NUMBERS = Set.of(
            "AP creation: VMSA page",
            "ASID: allocated",
            "ASID: clean",
            "ASID: dirty",
            "ASID: in use",
            "IOMMU: readable",
            "IOMMU: stale readable",
            "IOMMU: stale writable",
            "IOMMU: writable",
            "KET: key",
            "KOT: WBINVD",
            "PAMT of a 2M: users",
            "PSC entry: done",
            "PSC header: current",
            "PSC header: last",
            "PVALIDATE_LOCK: readers",
            "RD: RECs",
            "REC: address",
            "REC: base",
            "REC: top",
            "RMP counter: pages",
            "RMP: ASID",
            "RMP: page",
            "Secure EPT 2M: accept counter",
            "TD N TD exit: page",
            "TD exit: more pages",
            "TDCS: MAX_VCPUS",
            "TDCS: MRTD",
            "TDCS: NUM_L2_VMS",
            "TD exit: page",
            "TDMR: PAMT 1G page",
            "TDMR: PAMT 2M page",
            "TDMR: PAMT 4K page",
            "TDMR: TDH.SYS.TDMR.INIT calls",
            "TDMR: base GB",
            "TDMR: reserved areas",
            "TDMR: size GB",
            "TDMRs: count",
            "TDR: CHLDCNT",
            "TDR: KeyID",
            "TDR: TDCX pages",
            "TDR: keyed packages",
            "TDX module: global KeyID",
            "TDX module: packages with key",
            "VM: covered",
            "VM: invalidations",
            "VM: pool",
            "VMCB: page",
            "WBINVD: done on cores",
            "accepting list: in flight",
            "bitmap: accepted",
            "cache: KeyID N package",
            "call: next",
            "common buffer: header",
            "common buffer: pages",
            "common buffer: slot",
            "common buffer: stash",
            "device: page",
            "event: age",
            "event: function",
            "event: level",
            "event: place in queue",
            "file frame: held by",
            "firmware guest: ASID",
            "firmware: level above APPLICATION",
            "folio: held by",
            "grace period: waits for",
            "guest page: in file",
            "guest page: to frame",
            "host's note: ASID",
            "host's note: key change",
            "hyp_page: shares",
            "hypercall exit: page",
            "hypercall exit: pages",
            "leaf under way: vCPU",
            "inner guest's memory map: memory",
            "lock: readers",
            "mapping: bytes",
            "mapping: encrypted page",
            "mapping: info",
            "mapping: place",
            "mapping: plain page",
            "mapping: slot",
            "memory map: key",
            "memory: ASID",
            "memory: KeyID",
            "memory: key change",
            "metadata entry: IV",
            "metadata entry: page",
            "offline key: IVs before",
            "offline key: IVs used",
            "package: interrupt after",
            "page in place: pins",
            "pool: head",
            "pool: place",
            "pool: size",
            "readers: reading",
            "reference count: references",
            "request: entries",
            "request: list",
            "request: next",
            "request: place",
            "reserved area: offset page",
            "reserved area: pages",
            "reserved pool: page",
            "reserved pool: taken",
            "root metadata: IV",
            "root metadata: page",
            "sequence counter: fresh",
            "swapped out: IV",
            "zero-step filter: faults at one RIP",
            "zero-step filter: listed pages",
            "WBT: resume");

    /** The table without the numbers in its name, and the field. */
    private static String name(Layout.Table table, Layout.Field field) {
        return (table.name() + ": " + field.name()).replaceAll("\\b[0-9]+\\b", "N");
    }

    private static boolean isBare(Layout.Field field) {
        boolean hasNoNames = switch (field.kind()) {
            case Layout.Kind.Number(int max, ValueNames names) -> names.equals(ValueNames.of());
            case Layout.Kind.Set(boolean ofFrames, ValueNames names) -> !ofFrames && names.equals(ValueNames.of());
            case Layout.Kind.Raw() -> true;
            case Layout.Kind.PageName _,Layout.Kind.Pages _ -> false;
            case Layout.Kind.Truth _,Layout.Kind.Constant _,Layout.Kind.Constants _,Layout.Kind.FrameName _ -> false;
        };
        return hasNoNames && field.cells().mask() != 0;
    }

    private static Layout layout(Case subject, Platform platform, ThreatModel threat) {
        List<Actor> actors = new ArrayList<>();
        List<Part> parts = new ArrayList<>();
        for (ActorSpec actor : subject.actors()) {
            if (actor.platforms().contains(platform.name())) {
                parts.addAll(actor.needs());
                if (!threat.isMalicious(actor.principal())) {
                    actors.add(new Actor(actors.size(), actor.principal(), actor.name()));
                }
            }
        }
        actors.sort((one, other) -> Boolean.compare(
                one.principal() == Principal.HOST, other.principal() == Principal.HOST));
        Assembly assembly = Assembly.of(
                platform,
                subject.machine().geometry(),
                Objects.requireNonNull(subject.options().get(platform.name())),
                actors,
                threat,
                subject.guards(platform.name()),
                parts);
        return Layout.of(
                Layout.Storage.PACKED, subject.machine().frames(), subject.machine().smallPerLarge(),
                assembly::declare).layout();
    }

    @Test
    void theFieldsThatPrintAsNumbersAreNumbers() throws BadInput {
        Set<String> bare = new TreeSet<>();
        for (Catalogue.Named named : new Catalogue(Session.repository(), Session.repository()).all()) {
            Case subject = CaseReader.read(REGISTRY, named.path(), named.file(), named.name()).subject();
            for (Expectation expectation : subject.expect()) {
                Platform platform = REGISTRY.platform(expectation.platform()).orElseThrow();
                for (Layout.Table table : layout(subject, platform, expectation.threat()).tables()) {
                    table.fields().stream().filter(BareNumbersTest::isBare).filter(field -> table.count() > 0)
                            .forEach(field -> bare.add(name(table, field)));
                }
            }
        }

        assertThat(NUMBERS)
                .as("a field whose numbers stand for something else has ValueNames")
                .containsAll(bare);
        assertThat(bare).as("fields of the catalogue").hasSizeGreaterThan(40);
    }
}
