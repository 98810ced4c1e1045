package org.ringfence.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ringfence.checker.check.ActorSpec;
import org.ringfence.checker.check.Case;
import org.ringfence.checker.check.Checking;
import org.ringfence.checker.check.Finding;
import org.ringfence.checker.check.MachineSpec;
import org.ringfence.checker.check.Options;
import org.ringfence.checker.check.Platform;
import org.ringfence.checker.check.Registry;
import org.ringfence.checker.check.Settings;
import org.ringfence.checker.check.ThreatModel;
import org.ringfence.checker.check.Verdict;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Routine;
import org.ringfence.stack.guest.tdx.TakeBackRange;

/** Each sample in C is held against a routine of Java for the same protocol: equal states, transitions and verdicts. */
class SamplesTest {
    private static final Registry REGISTRY = Registry.found();
    private static final Set<Property> ALL =
            EnumSet.of(Property.INTEGRITY, Property.FRESHNESS, Property.AVAILABILITY, Property.CLEAN_ACCEPT);

    /** A guest of a TD that shares its pages and takes them back. */
    private static Finding takeBack(Routine<?> guest, int pages, String threat) throws Options.BadOption {
        Platform platform = REGISTRY.platform("tdx").orElseThrow();
        Registry.Entry host = REGISTRY.routine("tdx-host").orElseThrow();
        MachineSpec size = new MachineSpec(pages, 2 * pages, pages);
        Record hostOptions = Options.with(host.prototype(), Map.of("retries", true));
        Case subject = new Case(
                "take-back",
                "?",
                "a test",
                size,
                Map.of("tdx", Options.with(platform.options(), Map.of("map-gpa-retry", true))),
                Map.of(),
                List.of(
                        new ActorSpec("guest", Principal.GUEST, guest, Set.of("tdx"), List.of()),
                        new ActorSpec(
                                "host",
                                Principal.HOST,
                                host.maker().make(hostOptions, size.geometry()),
                                Set.of("tdx"),
                                host.needs().with(hostOptions))),
                List.of());
        return Checking.check(
                subject,
                platform,
                REGISTRY.vocabulary(platform).on(size.geometry()),
                ThreatModel.parse(threat),
                ALL,
                Settings.standard(),
                glance -> true);
    }

    private static void areEqual(Finding code, Finding model) {
        assertThat(code.exploration().states()).isEqualTo(model.exploration().states());
        assertThat(code.exploration().transitions()).isEqualTo(model.exploration().transitions());
        assertThat(printed(code)).isEqualTo(printed(model));
    }

    private static List<String> printed(Finding finding) {
        return ALL.stream().map(property -> {
            Verdict verdict = finding.verdicts().get(property);
            return property + " " + (verdict == null ? "" : verdict.printed());
        }).toList();
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
                RealCode.sample("take-back-" + variant), "entry", List.of((long) pages), geometry);
        areEqual(
                takeBack(code, pages, "honest-host"),
                takeBack(new TakeBackRange(geometry, accepts), pages, "honest-host"));
    }

    @Test
    void aViolationIsToldWithLinesOfC() throws Exception {
        Geometry geometry = new Geometry(2, 4, 2);
        WasmStart code = WasmStart.of(RealCode.sample("take-back-broken"), "entry", List.of(2L), geometry);
        Finding finding = takeBack(code, 2, "honest-host");
        assertThat(finding.verdicts().get(Property.AVAILABILITY)).isInstanceOfSatisfying(
                Verdict.Violated.class,
                violated -> assertThat(violated.trace().steps())
                        .anyMatch(step -> step.operation().startsWith("TDG.VP.VMCALL<MapGPA>")
                                && step.line().matches("take-back-broken\\.map_gpa\\(take-back\\.c:\\d+\\)")));
        assertThat(code.notes().getFirst()).contains(RealCode.sample("take-back-broken").sha256());
    }
}
