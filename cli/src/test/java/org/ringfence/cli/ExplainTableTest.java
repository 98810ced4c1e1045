package org.ringfence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ringfence.stack.guest.linux.UnacceptedTable;
import org.ringfence.stack.guest.linux.UnitRange;

/** A user has a dumped table of unaccepted memory told in words, or is told where it is wrong. */
class ExplainTableTest {
    private static final String NAME = "guest.unaccepted";

    @TempDir
    private Path folder = Path.of("");

    private Session.Ran explain(byte[] bytes) throws IOException {
        Files.write(folder.resolve(NAME), bytes);
        return Session.in(folder).run("explain", NAME);
    }

    static byte[] table() {
        UnacceptedTable table = UnacceptedTable.empty(0x20_0000, 0x1_0000_0000L, 3840);
        table.mark(new UnitRange(0, 1), true);
        table.mark(new UnitRange(512, 1024), true);
        return table.write();
    }

    @Test
    void aTableIsToldInWords() throws IOException {
        Session.Ran ran = explain(Arrays.copyOf(table(), 4096));
        assertThat(ran.out()).isEqualTo("""
                guest.unaccepted  struct efi_unaccepted_memory, version 1
                  unit 0x200000 bytes, base 0x100000000, a bitmap of 3840 bytes
                  covers 0x100000000 to 0x1000000000, 30720 units; all else counts as accepted
                  unaccepted: 513 of 30720 units, 0x40200000 bytes, in 2 ranges
                    0x100000000 to 0x100200000, 1 unit
                    0x140000000 to 0x180000000, 512 units
                """);
        assertThat(ran.exit()).isZero();
    }

    @Test
    void ofManyRangesTheFirstAreTold() throws IOException {
        UnacceptedTable table = UnacceptedTable.empty(0x1000, 0, 16);
        for (int unit = 0; unit < 128; unit += 2) {
            table.mark(new UnitRange(unit, unit + 1), true);
        }
        Session.Ran ran = explain(table.write());
        assertThat(ran.out()).contains("unaccepted: 64 of 128 units, 0x40000 bytes, in 64 ranges")
                .contains("    0x3E000 to 0x3F000, 1 unit\n    and 32 more\n");
    }

    @Test
    void whatIsNoTableIsRefusedWithItsByte() throws IOException {
        byte[] wrong = table();
        wrong[0] = 2;
        Session.Ran ran = explain(wrong);
        assertThat(ran.err()).isEqualTo("guest.unaccepted: at byte 0x0: version 2; Linux knows version 1 only\n");
        assertThat(ran.out()).isEmpty();
        assertThat(ran.exit()).isEqualTo(2);
    }

    @Test
    void aTableThatIsCutOffIsRefusedWithItsByte() throws IOException {
        Session.Ran ran = explain(Arrays.copyOf(table(), 100));
        assertThat(ran.err()).isEqualTo(
                "guest.unaccepted: at byte 0x10: a bitmap of 3840 bytes; 76 follow the header\n");
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(explain(new byte[0]).err()).startsWith("guest.unaccepted: at byte 0x0: ").hasLineCount(1);
    }

    @Test
    void aFileThatIsNotThereIsASentence() {
        Session.Ran ran = Session.in(folder).run("explain", "none.unaccepted");
        assertThat(ran.err()).startsWith("none.unaccepted: ").hasLineCount(1);
        assertThat(ran.exit()).isEqualTo(2);
    }
}
