package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

/** How limits are written on the command line. */
class LimitsTest {

    @ParameterizedTest
    @CsvSource({"1, 1", "512m, 536870912", "4g, 4294967296", "4G, 4294967296", "4GiB, 4294967296", "1k, 1024",
        "2t, 2199023255552"})
    void aSizeIsANumberWithOrWithoutAUnit(String text, long bytes) {
        assertThat(new MemorySize().convert(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "g", "-1", "1.5g", "4x", "99999999999999999999", "99999999999t", "4 g"})
    void anythingElseIsNoSize(String text) {
        assertThatThrownBy(() -> new MemorySize().convert(text)).isInstanceOf(TypeConversionException.class);
    }

    @ParameterizedTest
    @CsvSource({"500ms, PT0.5S", "30s, PT30S", "5m, PT5M", "1h, PT1H"})
    void aDurationIsANumberWithAUnit(String text, Duration duration) {
        assertThat(new TimeSpan().convert(text)).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0s", "5", "s", "-1s", "1.5s", "1d", "99999999999s", "999999999h"})
    void anythingElseIsNoDuration(String text) {
        assertThatThrownBy(() -> new TimeSpan().convert(text)).isInstanceOf(TypeConversionException.class);
    }
}
