package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.ringfence.checker.explore.Watcher.Glance;
import org.ringfence.cli.judge.ProgressLine;

class ProgressLineTest {
    private static final long SECOND = 1_000_000_000L;

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private long now;

    private ProgressLine line(boolean onTerminal, int columns) {
        return new ProgressLine(
                new PrintStream(written, true, StandardCharsets.UTF_8), onTerminal, columns, () -> now);
    }

    private static Glance glance(long states) {
        return new Glance(states, 2 * states, 7, 42, 0, 0);
    }

    private String written() {
        return written.toString(StandardCharsets.UTF_8);
    }

    @Test
    void whatTakesLessThanASecondIsNotTold() {
        try (ProgressLine.Telling telling = line(true, 80).tell("a")) {
            now = SECOND - 1;
            telling.show(glance(5));
        }
        assertThat(written()).isEmpty();
    }

    @Test
    void elsewhereThanOnATerminalALineIsToldNowAndThen() {
        try (ProgressLine.Telling telling = line(false, 80).tell("a b c")) {
            for (now = 0; now <= 22 * SECOND; now += SECOND / 10) {
                telling.show(glance(now / 1_000_000));
            }
        }
        assertThat(written()).isEqualTo("""
                a b c: 1,000 states, 1,000/s, depth 7, queue 42, 1 s
                a b c: 11,000 states, 1,000/s, depth 7, queue 42, 11 s
                a b c: 21,000 states, 1,000/s, depth 7, queue 42, 21 s
                """);
    }

    @Test
    void onATerminalOneLineIsWrittenOverAndWiped() {
        try (ProgressLine.Telling telling = line(true, 80).tell("a")) {
            now = SECOND;
            telling.show(glance(1_000));
            now += SECOND / 10;
            telling.show(glance(2_000));
            now += SECOND / 10;
            telling.show(glance(3_000));
        }
        String first = "a: 1,000 states, 1,000/s, depth 7, queue 42, 1 s";
        String second = "a: 3,000 states, 10,000/s, depth 7, queue 42, 1 s";
        assertThat(written()).isEqualTo("\r" + first + "\r" + second + "\r" + " ".repeat(second.length()) + "\r");
    }

    @Test
    void aLineFitsItsTerminal() {
        try (ProgressLine.Telling telling = line(true, 20).tell("a")) {
            now = SECOND;
            telling.show(glance(1_000));
            assertThat(written()).isEqualTo("\ra: 1,000 states, 1,");
        }
    }
}
