package org.ringfence.cli.run;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.ringfence.cli.casefile.Quoted;

/** The names of an option's values: those of an enum, as a command line has them. */
public final class LifeNames {
    private LifeNames() {}

    /** The name of a value. */
    public static String printed(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The value of this name.
     *
     * @throws IllegalArgumentException with a sentence
     */
    public static <E extends Enum<E>> E read(String option, String text, Class<E> type) {
        return Arrays.stream(type.getEnumConstants())
                .filter(value -> printed(value).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("%s is %s; allowed are %s"
                        .formatted(option, Quoted.of(text), all(type))));
    }

    /** All names of a type, with commas. */
    public static <E extends Enum<E>> String all(Class<E> type) {
        return Arrays.stream(type.getEnumConstants()).map(LifeNames::printed).collect(Collectors.joining(", "));
    }
}
