package org.ringfence.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ringfence.cli.casefile.Quoted;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a duration such as {@code 30s} or {@code 5m}. */
final class TimeSpan implements ITypeConverter<Duration> {
    private static final Pattern SPAN = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

    @Override
    public Duration convert(String text) {
        Matcher span = SPAN.matcher(text);
        if (span.matches()) {
            long number = Long.parseLong(span.group(1));
            Duration duration = switch (span.group(2)) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                default -> Duration.ofHours(number);
            };
            // A search counts nanoseconds in 64 bits.
            if (number > 0 && duration.compareTo(Duration.ofDays(365)) <= 0) {
                return duration;
            }
        }
        throw new TypeConversionException(
                "%s is no duration; allowed is a number with a unit, such as 500ms, 30s, 5m or 1h, and at most a year"
                        .formatted(Quoted.of(text)));
    }
}
