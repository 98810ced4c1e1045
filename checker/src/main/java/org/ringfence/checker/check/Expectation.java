package org.ringfence.checker.check;

import java.util.Set;
import org.ringfence.machine.operation.Property;

/** What a case says must come out. */
public sealed interface Expectation {
    /** Under which threat model. */
    ThreatModel threat();

    /** On which platform. */
    String platform();

    /** A verdict on a property. */
    record OfProperty(ThreatModel threat, String platform, Property property, Outcome outcome) implements Expectation {}

    /**
     * An operation must end with a result somewhere, or, with {@code never}, nowhere.
     *
     * @param operation a mnemonic, or {@code panic}
     * @param result part of the printed result; empty for any
     */
    record Reaches(ThreatModel threat, String platform, String operation, String result, boolean never)
            implements
                Expectation {

        /** Whether it speaks of {@code covered}. */
        public boolean isAbout(Covered covered) {
            return covered.operation().equals(operation) && covered.result().contains(result);
        }
    }

    /** Verdicts that can be expected. */
    enum Outcome {
        SAFE,
        VIOLATED;

        /** The name in case files. */
        public String printed() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** The names that a case may use for properties. */
    static Set<String> propertyNames() {
        Set<String> names = new java.util.LinkedHashSet<>();
        for (Property property : Property.values()) {
            names.add(property.printed());
        }
        return names;
    }
}
