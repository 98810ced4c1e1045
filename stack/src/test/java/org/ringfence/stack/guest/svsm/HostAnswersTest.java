package org.ringfence.stack.guest.svsm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Note;
import org.ringfence.machine.memory.Scrub;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.operation.Answer;
import org.ringfence.machine.operation.Done;
import org.ringfence.machine.operation.Operation;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.operation.RunningCpu;
import org.ringfence.machine.snp.psc.PageStateChange;
import org.ringfence.machine.snp.rmp.Pvalidate;
import org.ringfence.machine.snp.rmp.PvalidateResult;
import org.ringfence.machine.tdx.tdcall.TdgMemPageAccept;

/** The vectors of host-answers.csv: what a monitor asks for next, by what it was answered. */
class HostAnswersTest {
    private static final int SMALL = 512;

    /** A row of the table. */
    record Row(String number, String does, List<Long> answers, String asked, boolean goesOn) {
        @Override
        public String toString() {
            return "#" + number;
        }
    }

    static Stream<Row> rows() {
        try (InputStream in =
                Objects.requireNonNull(HostAnswersTest.class.getResourceAsStream("host-answers.csv"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> Arrays.stream(line.split("\\|")).map(String::strip).toList())
                    .map(row -> new Row(
                            row.get(0),
                            row.get(1),
                            Arrays.stream(row.get(2).split(" +"))
                                    .map(hex -> Long.parseUnsignedLong(hex.substring(2), 16))
                                    .toList(),
                            row.get(3),
                            row.get(4).equals("goes on")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A host's number. */
    private record Given(long witness) implements Answer {
        @Override
        public boolean is(long value) {
            return witness == value;
        }

        @Override
        public boolean below(long bound) {
            return Long.compareUnsigned(witness, bound) < 0;
        }

        @Override
        public long bits(long mask) {
            return witness & mask;
        }
    }

    /** Answers what the row says, and counts what is asked for. */
    private static final class Answering extends RunningCpu {
        private final Deque<Long> answers;
        private final Map<String, Integer> asked = new LinkedHashMap<>();

        Answering(List<Long> answers) {
            this.answers = new ArrayDeque<>(answers);
        }

        private long answered() {
            return answers.size() > 1 ? answers.remove() : answers.getFirst();
        }

        private Object answer(Operation<?> operation) {
            return switch (operation) {
                case TdgMemPageAccept accept -> count("accept " + level(accept), accepted(answered()));
                case PageStateChange _ -> count("PSC", new Given(answered()));
                case Pvalidate _ -> count("PVALIDATE", PvalidateResult.CHANGED);
                case Scrub _ -> count("scrub", Stored.STORED);
                case Note _ -> count("note", Done.DONE);
                default -> throw new AssertionError(operation);
            };
        }

        private static String level(TdgMemPageAccept accept) {
            return (accept.rcx() & 7) == 0 ? "4K" : "2M";
        }

        /** The result whose class, the upper half of RAX, is that of {@code rax}: COCONUT-SVSM looks no further. */
        private static TdgMemPageAccept.Result accepted(long rax) {
            return Arrays.stream(TdgMemPageAccept.Result.values())
                    .filter(result -> result.rax() >>> 32 == rax >>> 32)
                    .findFirst()
                    .orElseThrow();
        }

        private Object count(String name, Object result) {
            asked.merge(name, 1, Integer::sum);
            return result;
        }

        @Override
        @SuppressWarnings("unchecked") // of the operation's own type, see answer
        public <R> R ask(Operation<R> operation) {
            return (R) answer(operation);
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void aMonitorGoesOnAsItsSourceDoes(Row row) {
        Answering cpu = new Answering(row.answers());
        SvsmChoices choices = SvsmChoices.careful(SMALL);

        boolean goesOn = true;
        try {
            switch (row.does()) {
                case "share" -> new SvsmSnpPlatform(choices.checkingExitInfo2(false)).share(cpu, 0);
                case "share checked" -> new SvsmSnpPlatform(choices).share(cpu, 0);
                case "accept" -> new SvsmTdpPlatform(choices).validate(cpu, 0, Level.SIZE_2M);
                default -> throw new IllegalArgumentException(row.does());
            }
        } catch (Panic stopped) {
            goesOn = false;
        }

        assertThat(goesOn).isEqualTo(row.goesOn());
        assertThat(cpu.asked.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", ")))
                .isEqualTo(row.asked());
    }
}
