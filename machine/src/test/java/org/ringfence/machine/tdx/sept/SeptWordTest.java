package org.ringfence.machine.tdx.sept;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Entries of the Secure EPT and of the L2 ones have the module's bits. */
class SeptWordTest {
    private static final long P = 0x1_2345_6000L;

    /** One row of the table of states. */
    record Row(int index, SeptState state, int encoding, int architectural, boolean leaf, long raw, long rcx) {
        static Row parse(String line) {
            String[] cells = Arrays.stream(line.split("\\|", -1)).map(String::trim).toArray(String[]::new);
            return new Row(
                    Integer.parseInt(cells[0]),
                    SeptState.valueOf(cells[1]),
                    Integer.parseInt(cells[2], 16),
                    Integer.parseInt(cells[3]),
                    cells[4].equals("yes"),
                    Long.parseUnsignedLong(cells[5], 16),
                    Long.parseUnsignedLong(cells[6], 16));
        }
    }

    static Stream<Row> rows() {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(SeptWordTest.class.getResourceAsStream("states.txt")),
                StandardCharsets.UTF_8))) {
            return reader.lines().filter(line -> !line.startsWith("#")).map(Row::parse).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void aStateHasTheModulesNumbers(Row row) {
        assertThat(row.state().index()).isEqualTo(row.index());
        assertThat(row.state().encoding()).isEqualTo(row.encoding());
        assertThat(row.state().architectural()).isEqualTo(row.architectural());
        assertThat(row.state().isLeaf()).isEqualTo(row.leaf());
    }

    @ParameterizedTest
    @MethodSource("rows")
    void aWordIsMadeDecodedAndReportedAsTheModuleDoes(Row row) {
        long hpa = row.leaf() || row.state().isTable() ? P : 0;
        SeptWord word = SeptWord.of(row.state(), hpa, 0, 0);

        assertThat(word).isEqualTo(new SeptWord(row.raw()));
        assertThat(SeptState.of(row.raw())).contains(row.state());
        assertThat(word.architectural()).isEqualTo(row.rcx());
        assertThat(word.toString()).contains(row.state().name());
    }

    @Test
    void everyStateHasARow() {
        assertThat(rows().map(Row::state).collect(Collectors.toSet()))
                .isEqualTo(EnumSet.allOf(SeptState.class));
    }

    @Test
    void predicatesAreThoseOfTheModule() {
        assertThat(states(rows().filter(row -> row.state().isAccessible()))).containsExactlyInAnyOrder(4, 6, 7, 8, 9);
        assertThat(states(rows().filter(row -> row.state().isAcceptable()))).containsExactlyInAnyOrder(10, 14);
        assertThat(states(rows().filter(row -> row.state().isBlocked()))).containsExactlyInAnyOrder(3, 5, 11);
        assertThat(states(rows().filter(row -> row.state().isPending())))
                .containsExactlyInAnyOrder(10, 11, 12, 13, 14, 15);
        assertThat(states(rows().filter(row -> row.state().needsTracking())))
                .containsExactlyInAnyOrder(2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 14, 15);
    }

    private static Set<Integer> states(Stream<Row> rows) {
        return rows.map(Row::index).collect(Collectors.toSet());
    }

    @ParameterizedTest
    @MethodSource("rows")
    void unblockingUndoesBlocking(Row row) {
        SeptState state = row.state();
        SeptState expected = switch (state) {
            case BLOCKEDW -> SeptState.MAPPED;
            case PENDING_BLOCKEDW -> SeptState.PENDING;
            case BLOCKED, PENDING_BLOCKED, NL_BLOCKED -> state.unblocked();
            default -> state;
        };
        assertThat(state.blocked().unblocked()).isEqualTo(expected);
    }

    @Test
    void aWordPrintsWhatItSays() {
        assertThat(SeptWord.of(SeptState.MAPPED, P, 0, 0b101).with(true, true))
                .hasToString("0x94100001234568F7 MAPPED at 0x123456000 RWX L2 VM 1 L2 VM 3 locked host waits");
        assertThat(SeptWord.of(SeptState.FREE, 0, 0, 0)).hasToString("0x80E0000000000000 FREE");
        assertThat(new SeptWord(0x00A0_0000_0000_0000L)).hasToString("0x00A0000000000000 no state");
    }

    @ParameterizedTest
    @CsvSource({
        // attributes, blocked, raw, RCX without and with debug
        "1, false, 00000001234560F1, 00000001234564F7, 00000001234560F1",
        "3, false, 00000001234560F3, 00000001234564F7, 00000001234560F3",
        "F, false, 00000001234564F7, 00000001234564F7, 00000001234564F7",
        "3, true, 08800001234560C8, 00000001234560C8, 00000001234560C8",
        "F, true, 08800001234560F8, 00000001234560F8, 00000001234560F8",
        "71, false, 16000001234560F1, 00000001234564F7, 16000001234560F1",
    })
    void anL2PageKeepsWhatL1Permits(String attributes, boolean blocked, String raw, String rcx, String debugged) {
        L2Word word = L2Word.leaf(P, Integer.parseInt(attributes, 16), blocked);

        assertThat(word).isEqualTo(new L2Word(hex(raw)));
        assertThat(word.state()).isEqualTo(blocked ? L2State.L2_BLOCKED : L2State.L2_MAPPED);
        assertThat(word.attributes()).isEqualTo(Integer.parseInt(attributes, 16));
        assertThat(word.architectural(false)).isEqualTo(hex(rcx));
        assertThat(word.architectural(true)).isEqualTo(hex(debugged));
    }

    @ParameterizedTest
    @CsvSource({"L2_FREE, 64", "L2_NL_MAPPED, 196", "L2_NL_BLOCKED, 193", "L2_MAPPED, 68", "L2_BLOCKED, 65"})
    void anL2StateHasTheModulesNumber(L2State state, int architectural) {
        assertThat(state.architectural()).isEqualTo(architectural);
        assertThat(L2State.of(state.bits())).contains(state);
    }

    @Test
    void anL2TableIsMappedWithEveryPermission() {
        assertThat(L2Word.table(P, false)).hasToString("0x0000000123456407 L2_NL_MAPPED at 0x123456000");
        assertThat(L2Word.table(P, true).raw()).isEqualTo(0x0080_0001_2345_6000L);
        assertThat(L2Word.free().architectural(false)).isEqualTo(1L << 63);
        assertThat(L2Word.leaf(P, 3, true)).hasToString("0x08800001234560C8 L2_BLOCKED at 0x123456000 R W");
    }

    @ParameterizedTest
    @ValueSource(ints = {0x2, 0x6, 0x20, 0x81, 0x101})
    void attributesThatDoNotGoTogetherAreIllegal(int attributes) {
        assertThat(PageAttributes.isLegal(attributes)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 0x1, 0x3, 0xC, 0x7F})
    void attributesThatGoTogetherAreLegal(int attributes) {
        assertThat(PageAttributes.isLegal(attributes)).isTrue();
    }

    @Test
    void theSharedBitIsTheHighestOfAnAddress() {
        assertThat(AddressWidth.BITS_48.isPrivate((1L << 47) - 1)).isTrue();
        assertThat(AddressWidth.BITS_48.isPrivate(1L << 47)).isFalse();
        assertThat(AddressWidth.BITS_48.isPrivate(1L << 48)).isFalse();
        assertThat(AddressWidth.BITS_52.isPrivate(1L << 48)).isTrue();
        assertThat(AddressWidth.BITS_52.isPrivate(1L << 51)).isFalse();
    }

    private static long hex(String digits) {
        return Long.parseUnsignedLong(digits, 16);
    }
}
