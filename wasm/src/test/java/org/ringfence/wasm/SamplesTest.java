package org.ringfence.wasm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.ringfence.checker.check.ActorSpec;
import org.ringfence.checker.check.Finding;
import org.ringfence.checker.check.MachineSpec;
import org.ringfence.checker.check.Options;
import org.ringfence.checker.check.Verdict;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Routine;
import org.ringfence.machine.snp.psc.PscBuffers;
import org.ringfence.stack.guest.tdx.TakeBackRange;
import org.ringfence.stack.sync.Locks;
import org.ringfence.wasm.imports.SvsmImports;
import org.ringfence.wasm.module.WasmFile;
import org.ringfence.wasm.shared.SharedRanges;
import org.ringfence.wasm.shared.SharedWords;

/** Each sample in C is held against a routine of Java for the same protocol: equal states, transitions and verdicts. */
class SamplesTest {
    private static final String GHCB = "ghcb+0x800 as psc of 1";
    static final String ACCEPTED = "accepted as u32 of 1 below 4";

    /** The shared memory of {@code bitmap.c}. */
    static final List<Part> BITMAP = List.of(
            new SharedWords.Brought(List.of(new SharedWords.Declared("accepted", 1, 4, false))),
            Locks.Named.of("bitmap"));

    /** What {@code monitor.c} serves. */
    private static final List<Part> SVSM = SvsmImports.LIBRARY.needs();

    private static Finding check(
            String on,
            Map<String, Object> options,
            MachineSpec size,
            List<ActorSpec> guests,
            Map<String, Object> ofHost,
            String threat)
            throws Options.BadOption {
        List<ActorSpec> actors = new ArrayList<>(guests);
        actors.add(OneCase.host(on, ofHost, size.geometry()));
        return OneCase.check(on, options, size, actors, threat);
    }

    private static ActorSpec guest(String name, String platform, Routine<?> routine, List<Part> needs) {
        return OneCase.actor(name, Principal.GUEST, platform, routine, needs);
    }

    /** A guest of a TD that shares its pages and takes them back. */
    private static Finding takeBack(Routine<?> guest, int pages, String threat) throws Options.BadOption {
        return check(
                "tdx",
                Map.of("map-gpa-retry", true),
                new MachineSpec(pages, 2 * pages, pages),
                List.of(guest("guest", "tdx", guest, List.of())),
                Map.of("retries", true),
                threat);
    }

    private static Finding pageState(Routine<?> guest, String threat) throws Options.BadOption {
        return check(
                "snp",
                Map.of(),
                new MachineSpec(2, 2, 1),
                List.of(guest("guest", "snp", guest, List.of(new PscBuffers.Sized(1)))),
                Map.of("buffers", true),
                threat);
    }

    private static Finding bitmap(Routine<?> first, Routine<?> second) throws Options.BadOption {
        return check(
                "tdx",
                Map.of(),
                new MachineSpec(2, 2, 1),
                List.of(guest("cpu0", "tdx", first, BITMAP), guest("cpu1", "tdx", second, BITMAP)),
                Map.of("vcpus", 2),
                "honest-host");
    }

    private static Finding monitor(Routine<?> monitor) throws Options.BadOption {
        return check(
                "snp",
                Map.of("l2", true),
                new MachineSpec(2, 2, 1),
                List.of(guest("monitor", "snp", monitor, SVSM)),
                Map.of(),
                "malicious-l2");
    }

    private static WasmStart monitor(String variant) {
        return WasmStart.of(RealCode.sample("monitor-" + variant), "entry", List.of(2L), new Geometry(2, 2, 1), "");
    }

    private static WasmStart bitmap(String variant, long page, String shared) {
        return WasmStart.of(
                RealCode.sample("bitmap-" + variant), "entry", List.of(page), new Geometry(2, 2, 1), shared);
    }

    private static WasmStart pageState(String variant, String shared, long count) {
        return WasmStart.of(
                RealCode.sample("page-state-" + variant), "entry", List.of(count), new Geometry(2, 2, 1), shared);
    }

    static Stream<org.junit.jupiter.params.provider.Arguments> takeBacks() {
        return Stream.of(1, 2).flatMap(pages -> Stream.of(
                org.junit.jupiter.params.provider.Arguments.of("broken", TakeBackRange.Accepts.LAST_CALL, pages),
                org.junit.jupiter.params.provider.Arguments.of("repaired", TakeBackRange.Accepts.ALL, pages)));
    }

    @ParameterizedTest
    @MethodSource("takeBacks")
    void takeBackIsTakeBackRange(String variant, TakeBackRange.Accepts accepts, int pages) throws Exception {
        Geometry geometry = new Geometry(pages, 2 * pages, pages);
        WasmStart code = WasmStart.of(
                RealCode.sample("take-back-" + variant), "entry", List.of((long) pages), geometry, "");
        OneCase.areEqual(
                takeBack(code, pages, "honest-host"),
                takeBack(new TakeBackRange(geometry, accepts), pages, "honest-host"));
    }

    /**
     * Four pages are 2.7 million states and more; how fast the module's points are learned is told with them. The
     * routine in Java is too large there to be learned whole: unmerged it has six times as many.
     */
    @Tag("soak")
    @ParameterizedTest
    @CsvSource({"broken, 2992525", "repaired, 2669903"})
    void takeBackOfFourPagesIsExhausted(String variant, long states) throws Exception {
        Geometry geometry = new Geometry(4, 8, 4);
        WasmStart code = WasmStart.of(RealCode.sample("take-back-" + variant), "entry", List.of(4L), geometry, "");
        long begun = System.nanoTime();
        Finding found = takeBack(code, 4, "honest-host");
        System.out.printf("take-back-%s, 4 pages: %,d states in %.1f s%n%s%n",
                variant, found.exploration().states(), (System.nanoTime() - begun) / 1e9, code.notes().get(1));
        assertThat(found.exploration().states()).isEqualTo(states);
        assertThat(found.verdicts().get(Property.AVAILABILITY))
                .isInstanceOf(variant.equals("broken") ? Verdict.Violated.class : Verdict.Safe.class);
    }

    @Test
    void aViolationIsToldWithLinesOfC() throws Exception {
        Geometry geometry = new Geometry(2, 4, 2);
        WasmStart code = WasmStart.of(RealCode.sample("take-back-broken"), "entry", List.of(2L), geometry, "");
        Finding finding = takeBack(code, 2, "honest-host");
        assertThat(finding.verdicts().get(Property.AVAILABILITY)).isInstanceOfSatisfying(
                Verdict.Violated.class,
                violated -> assertThat(violated.trace().steps())
                        .anyMatch(step -> step.operation().startsWith("TDG.VP.VMCALL<MapGPA>")
                                && step.line().matches("take-back-broken\\.map_gpa\\(take-back\\.c:\\d+\\)")));
        assertThat(code.notes().getFirst()).contains(RealCode.sample("take-back-broken").sha256());
    }

    @ParameterizedTest
    @CsvSource({"broken, honest-host", "repaired, honest-host", "broken, malicious-host", "repaired, malicious-host"})
    void pageStateIsItsTwin(String variant, String threat) throws Exception {
        OneCase.areEqual(
                pageState(pageState(variant, GHCB, 1), threat),
                pageState(new PageStateTwin(variant.equals("repaired")), threat));
    }

    @ParameterizedTest
    @CsvSource({"broken", "repaired"})
    void bitmapIsItsTwin(String variant) throws Exception {
        boolean repaired = variant.equals("repaired");
        OneCase.areEqual(
                bitmap(bitmap(variant, 0, ACCEPTED), bitmap(variant, 1, ACCEPTED)),
                bitmap(new BitmapTwin(0, repaired), new BitmapTwin(1, repaired)));
    }

    /** Both serve an inner guest that calls what it likes, and changes its lists when it likes. */
    @ParameterizedTest
    @CsvSource({"broken", "repaired"})
    void monitorIsItsTwin(String variant) throws Exception {
        boolean repaired = variant.equals("repaired");
        Finding code = monitor(monitor(variant));
        OneCase.areEqual(code, monitor(new MonitorTwin(2, repaired)));
        assertThat(code.verdicts().get(Property.INTEGRITY))
                .isInstanceOf(repaired ? Verdict.Safe.class : Verdict.Violated.class);
    }

    @Test
    void aDoubleFetchShowsWhereTheMemoryIsDeclaredShared() throws Exception {
        assertThat(pageState(pageState("broken", GHCB, 1), "malicious-host").verdicts().get(Property.CONFIDENTIALITY))
                .isInstanceOf(Verdict.Violated.class);
        assertThat(pageState(pageState("repaired", GHCB, 1), "malicious-host").verdicts().get(Property.CONFIDENTIALITY))
                .isInstanceOf(Verdict.Safe.class);

        WasmStart undeclared = pageState("broken", "", 1);
        assertThat(pageState(undeclared, "malicious-host").verdicts().get(Property.CONFIDENTIALITY))
                .isNotInstanceOf(Verdict.Violated.class);
        assertThat(undeclared.notes()).anyMatch(note -> note.contains("accesses to its memory were no operations"));
    }

    @Test
    void anUpdateWithoutTheLockShowsWhereTheMemoryIsDeclaredShared() throws Exception {
        assertThat(bitmap(bitmap("broken", 0, ACCEPTED), bitmap("broken", 1, ACCEPTED))
                .verdicts().get(Property.AVAILABILITY)).isInstanceOf(Verdict.Violated.class);
        assertThat(bitmap(bitmap("repaired", 0, ACCEPTED), bitmap("repaired", 1, ACCEPTED))
                .verdicts().get(Property.AVAILABILITY)).isInstanceOf(Verdict.Safe.class);

        WasmStart undeclared = bitmap("broken", 0, "");
        assertThat(bitmap(undeclared, bitmap("broken", 1, "")).verdicts().get(Property.AVAILABILITY))
                .isInstanceOf(Verdict.Safe.class);
        assertThat(undeclared.notes()).anyMatch(note -> note.contains("accesses to its memory were no operations"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "accepted as u32 | is no declaration; allowed is such as",
        "refused as u32 of 1 below 4 | exports no variable 'refused', which 'shared' names",
        "accepted as u32 of 99 below 4 | 99 words in 'shared'; allowed are 1 to 16",
        "accepted as u32 of 1 below 1 | 1 values in 'shared'; allowed are 2 to 16"
    })
    void aDeclarationThatMakesNoSenseIsRefused(String shared, String sentence) {
        WasmFile file = RealCode.sample("bitmap-broken");
        assertThatThrownBy(() -> SharedRanges.of(shared, file)).hasMessageContaining(sentence);
    }

    @Test
    void accessesThatCannotBeSeenAreRefused() {
        WasmFile file = RealCode.sample("take-back-broken");
        assertThat(file.isInstrumented()).isFalse();
        WasmFile instrumented = RealCode.sample("bitmap-broken");
        assertThat(instrumented.symbol("accepted")).isPresent();
        assertThatThrownBy(() -> SharedRanges.of("__stack_pointer as u32 of 1 below 4", instrumented))
                .hasMessageContaining("exports no variable '__stack_pointer'");
    }
}
