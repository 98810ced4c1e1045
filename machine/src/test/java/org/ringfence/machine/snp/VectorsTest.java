package org.ringfence.machine.snp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Value;
import org.ringfence.machine.operation.Property;
import org.ringfence.machine.sev.ExitReason;
import org.ringfence.machine.snp.law.SnpInjectivity;
import org.ringfence.machine.snp.rmp.RawRmpEntry;
import org.ringfence.machine.snp.rmp.ReverseMapTable;
import org.ringfence.machine.state.State;

/** The vectors of the fact sheet hold, number by number. */
class VectorsTest {
    /** Every number in section 6 of the fact sheet. */
    private static final String SHEET =
            "1 2 3 5 6 8 9 10 11 12 14 15 16 17 18 19 21 22 24 26 27 28 29 30 31 32 33 37 39 40 41 42 43 44 46 "
                    + "47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 61b 62 63 64 65 66 67 68 69 70";

    private static final Pattern PLACE = Pattern.compile("(\\w+)\\(([^,)]*),?(\\d*)\\)");

    static Stream<Vector> vectors() {
        return Stream.concat(Vector.all().stream(), Vector.ofFirmware().stream());
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void aVectorHolds(Vector vector) {
        VectorBench bench = new VectorBench();
        bench.prepare(vector);
        State before = bench.state.snapshot();

        bench.perform(vector.when());

        for (String claim : vector.then()) {
            String[] sides = claim.split("=", 2);
            if (claim.equals("unchanged")) {
                assertThat(bench.machine.layout().diff(before, bench.state)).as(claim).isEmpty();
            } else if (sides[0].equals("exit")) {
                assertExit(Long.decode(shown(bench, "exit")), sides[1]);
            } else {
                String expected = sides[1].startsWith("0x")
                        ? VectorBench.hex(Long.parseUnsignedLong(sides[1].substring(2), 16)) : sides[1];
                assertThat(actual(bench, sides[0])).as(claim).isEqualTo(expected);
            }
        }
    }

    @Test
    void everyVectorOfTheSheetIsEitherBuiltOrNamedWithItsReason() {
        List<String> built = Vector.all().stream()
                .filter(vector -> !vector.isPreparation())
                .map(Vector::number)
                .distinct()
                .toList();

        List<String> all = new ArrayList<>(built);
        all.addAll(Vector.notBuilt());
        all.addAll(Vector.elsewhere().stream().map(List::getFirst).toList());

        assertThat(all).doesNotHaveDuplicates().containsExactlyInAnyOrder(SHEET.split(" "));
    }

    @Test
    void aVectorThatAnotherTableCoversHasItsRowThere() throws IOException {
        for (List<String> row : Vector.elsewhere()) {
            assertThat(Files.readAllLines(Path.of("..").resolve(row.get(1))))
                    .as(row.toString())
                    .anyMatch(line -> line.startsWith(row.get(0) + " "));
        }
    }

    @Test
    void everyStatusThatACommandOfTheFirmwareAnswersIsAnsweredInAVector() {
        List<String> shown = vectors()
                .filter(vector -> vector.then().getFirst().startsWith("status="))
                .map(vector -> vector.when().split(" ", 2)[0]
                        + " " + vector.then().getFirst().substring("status=".length()))
                .distinct()
                .toList();

        assertThat(shown)
                .containsExactlyInAnyOrderElementsOf(
                        Vector.statuses().stream().flatMap(List::stream).toList());
    }

    private static void assertExit(long exitInfo1, String bits) {
        Matcher matcher = Pattern.compile("([+-])(\\w+)").matcher(bits);
        while (matcher.find()) {
            long bit = switch (matcher.group(2)) {
                case "RMP" -> ExitReason.RMP;
                case "ENC" -> ExitReason.ENC;
                case "SIZEM" -> ExitReason.SIZEM;
                case "VMPL" -> ExitReason.VMPL;
                default -> throw new IllegalArgumentException(bits);
            };
            assertThat((exitInfo1 & bit) != 0)
                    .as("EXITINFO1 0x%X: %s", exitInfo1, matcher.group())
                    .isEqualTo(matcher.group(1).equals("+"));
        }
    }

    private static String shown(VectorBench bench, String key) {
        return Objects.requireNonNull(bench.shown.get(key), () -> key + " is not among " + bench.shown);
    }

    private static String actual(VectorBench bench, String subject) {
        if (subject.equals("injectivity")) {
            long marks = new SnpInjectivity(bench.machine.snp()).judge(bench.state);
            return Property.INJECTIVITY.isBrokenIn(marks) ? "broken" : "kept";
        }
        Matcher matcher = PLACE.matcher(subject);
        if (!matcher.matches()) {
            return shown(bench, subject);
        }
        ReverseMapTable rmp = bench.machine.rmp();
        int frame = VectorBench.frameAt(matcher.group(2));
        return switch (matcher.group(1)) {
            case "state" -> rmp.pageState(bench.state, frame).toString();
            case "q1" -> VectorBench.hex(rmp.raw(bench.state, frame).q1());
            case "subpages" -> Integer.toString(rmp.raw(bench.state, frame).subpageCount());
            case "perms" ->
                VectorBench.hex(rmp.raw(bench.state, frame).permissions(Integer.parseInt(matcher.group(3))));
            case "value" -> {
                int value = bench.machine.memory().read(bench.state, frame, Snp.GUEST_KEY);
                yield value < 0 ? "JUNK" : Value.values()[value].name();
            }
            case "smashed" -> smashedAt(bench, frame);
            default -> throw new IllegalArgumentException(subject);
        };
    }

    /** The GPA of the first of 512 validated 4K entries with consecutive GPAs. */
    private static String smashedAt(VectorBench bench, int frame) {
        long first = bench.machine.rmp().raw(bench.state, frame).gpa();
        for (int i = 0; i < 512; i++) {
            RawRmpEntry entry = bench.machine.rmp().raw(bench.state, frame + i);
            assertThat(entry.gpa()).isEqualTo(first + i);
            assertThat(entry.validated() && entry.assigned() && !entry.large()).as(entry.toString()).isTrue();
        }
        return Arrays.asList("G").stream()
                .filter(name -> VectorBench.address(name) == first * Geometry.SMALL)
                .findFirst()
                .orElse(VectorBench.hex(first * Geometry.SMALL));
    }
}
