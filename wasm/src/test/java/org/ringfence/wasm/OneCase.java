package org.ringfence.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.operation.Principal;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.operation.Routine;

/** A case that a test makes, checked on one platform under one threat model. */
final class OneCase {
    private static final Registry REGISTRY = Registry.found();
    private static final Set<Property> ALL = EnumSet.of(
            Property.INTEGRITY, Property.FRESHNESS, Property.AVAILABILITY, Property.CONFIDENTIALITY);

    private OneCase() {}

    static ActorSpec actor(String name, Principal principal, String platform, Routine<?> routine, List<Part> needs) {
        return new ActorSpec(name, principal, routine, Set.of(platform), needs);
    }

    /** The honest host of a platform, with these options. */
    static ActorSpec host(String on, Map<String, Object> options, Geometry geometry) throws Options.BadOption {
        return named(on + "-host", "host", Principal.HOST, on, options, geometry);
    }

    /** The routine of this name, with these options. */
    static ActorSpec named(
            String routine,
            String name,
            Principal principal,
            String on,
            Map<String, Object> options,
            Geometry geometry)
            throws Options.BadOption {
        Registry.Entry entry = REGISTRY.routine(routine).orElseThrow();
        Record given = Options.with(entry.prototype(), options);
        return actor(name, principal, on, entry.maker().make(given, geometry), entry.needs().with(given));
    }

    static Finding check(
            String on, Map<String, Object> options, MachineSpec size, List<ActorSpec> actors, String threat)
            throws Options.BadOption {
        Platform platform = REGISTRY.platform(on).orElseThrow();
        Case subject = new Case(
                "a sample",
                "?",
                "a test",
                size,
                Map.of(on, Options.with(platform.options(), options)),
                Map.of(),
                actors,
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

    /** Equal states, transitions and verdicts. */
    static void areEqual(Finding code, Finding model) {
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
}
