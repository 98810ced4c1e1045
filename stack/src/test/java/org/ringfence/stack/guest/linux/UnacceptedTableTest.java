package org.ringfence.stack.guest.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnacceptedTableTest {
    private static byte[] bytes(long version, long unit, long base, long size, int... bitmap) {
        ByteBuffer buffer = ByteBuffer.allocate(UnacceptedTable.HEADER + bitmap.length).order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) version).putInt((int) unit).putLong(base).putLong(size);
        for (int value : bitmap) {
            buffer.put((byte) value);
        }
        return buffer.array();
    }

    @Test
    void aDumpedTableIsReadAndWrittenAsItWas() throws TableRefused {
        byte[] dumped = bytes(1, 0x20_0000, 0x1_0000_0000L, 2, 0x81, 0xFE);
        UnacceptedTable table = UnacceptedTable.read(dumped);
        assertThat(table.math()).isEqualTo(new UnitMath(0x20_0000, 0x1_0000_0000L, 16));
        assertThat(table.isUnaccepted(0)).isTrue();
        assertThat(table.isUnaccepted(1)).isFalse();
        assertThat(table.isUnaccepted(7)).isTrue();
        assertThat(table.isUnaccepted(8)).isFalse();
        assertThat(table.isUnaccepted(15)).isTrue();
        assertThat(table.isUnaccepted(16)).as("beyond the table").isFalse();
        assertThat(table.isUnaccepted(-1)).as("below the table").isFalse();
        assertThat(table.write()).isEqualTo(dumped);
    }

    @Test
    void whatFollowsTheBitmapIsIgnored() throws TableRefused {
        byte[] page = Arrays.copyOf(bytes(1, 0x20_0000, 0, 1, 0xFF), 4096);
        assertThat(UnacceptedTable.read(page).write()).hasSize(25);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "2 | 0x200000 | 0 | 1 | at byte 0x0: version 2; Linux knows version 1 only",
        "-1 | 0x200000 | 0 | 1 | at byte 0x0: version 4294967295; Linux knows version 1 only",
        "1 | 0 | 0 | 1 | at byte 0x4: unit size 0x0; it must be a power of two, 0x1000 or more",
        "1 | 0x300000 | 0 | 1 | at byte 0x4: unit size 0x300000; it must be a power of two, 0x1000 or more",
        "1 | 0x200000 | 0x1000 | 1 | at byte 0x8: base 0x1000; it must be a multiple of the unit size 0x200000,"
                + " and at most 0x10000000000000",
        "1 | 0x200000 | -0x200000 | 1 | at byte 0x8: base 0xFFFFFFFFFFE00000; it must be a multiple of the unit size"
                + " 0x200000, and at most 0x10000000000000",
        "1 | 0x200000 | 0 | 2 | at byte 0x10: a bitmap of 2 bytes; 1 follow the header",
        "1 | 0x200000 | 0 | -1 | at byte 0x10: a bitmap of 18446744073709551615 bytes; 1 follow the header",
        "1 | 0x80000000 | 0xFFFFF80000000 | 1 | at byte 0x10: a bitmap of 1 bytes; it would cover memory beyond"
                + " 0x10000000000000"})
    void aTableThatIsWrongIsRefusedInASentence(String version, String unit, String base, String size, String sentence) {
        byte[] wrong = bytes(Long.decode(version), Long.decode(unit), Long.decode(base), Long.decode(size), 0xFF);
        assertThatExceptionOfType(TableRefused.class).isThrownBy(() -> UnacceptedTable.read(wrong))
                .withMessage(sentence);
    }

    @Test
    void everyTruncationIsRefused() {
        byte[] whole = bytes(1, 0x20_0000, 0, 2, 0xFF, 0xFF);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatExceptionOfType(TableRefused.class).isThrownBy(() -> UnacceptedTable.read(cut))
                    .as("%d bytes", length).withMessageStartingWith("at byte 0x");
        }
    }

    @Test
    void rangesThatAreNoMemoryAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new PhysicalRange(0x2000, 0x1000))
                .withMessage("0x2000 to 0x1000 is no range of physical memory; allowed is up to 0x10000000000000");
        assertThatIllegalArgumentException().isThrownBy(() -> new UnitMath(0x1800, 0, 1))
                .withMessageContaining("powers of two");
    }
}
