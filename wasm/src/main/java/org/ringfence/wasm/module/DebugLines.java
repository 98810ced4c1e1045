package org.ringfence.wasm.module;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which line of the source an instruction is from: the line tables in the custom section {@code .debug_line}. Addresses
 * are counted from the beginning of the code section's contents. Source: DWARF 5, 6.2; DWARF for WebAssembly.
 *
 * @param rows by address; a row is good up to the next one
 */
public record DebugLines(Map<Long, Line> rows) {
    /** A module without any. */
    public static final DebugLines NONE = new DebugLines(new TreeMap<>());

    private static final int VERSION_WITH_FORMS = 5;
    private static final int OLDEST_VERSION = 2;
    private static final int LONG_FORMAT = -1;

    /** A line; 0 where the compiler says that it is from none. */
    public record Line(String file, int line) {}

    public DebugLines {
        rows = new TreeMap<>(rows);
    }

    /** The line of the instruction at {@code address}; empty where nobody knows. */
    public Optional<Line> at(long address) {
        Map.Entry<Long, Line> row = ((NavigableMap<Long, Line>) rows).floorEntry(address);
        return row == null || row.getValue().line() == 0 ? Optional.empty() : Optional.of(row.getValue());
    }

    /**
     * Reads the sections; a table that is damaged, or of a kind that is not known, is left out.
     *
     * @param section the contents of {@code .debug_line}
     * @param strings those of {@code .debug_line_str}; empty where there is none
     */
    static DebugLines read(byte[] section, byte[] strings) {
        Map<Long, Line> rows = new TreeMap<>();
        ByteBuffer all = ByteBuffer.wrap(section).order(ByteOrder.LITTLE_ENDIAN);
        try {
            while (all.remaining() > Integer.BYTES) {
                int length = all.getInt();
                if (length == LONG_FORMAT || length < 0 || length > all.remaining()) {
                    break;
                }
                ByteBuffer one = all.slice(all.position(), length).order(ByteOrder.LITTLE_ENDIAN);
                all.position(all.position() + length);
                new Table(one, strings, rows).read();
            }
        } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException damaged) {
            return new DebugLines(rows);
        }
        return new DebugLines(rows);
    }

    /** One line-number program. */
    private static final class Table {
        private final ByteBuffer in;
        private final byte[] strings;
        private final Map<Long, Line> rows;
        private final List<String> files = new ArrayList<>();
        private int version;
        private int leastLength;
        private int lineBase;
        private int lineRange;
        private int opcodeBase;
        private byte[] lengths = new byte[0];
        private long address;
        private int file;
        private int line;

        Table(ByteBuffer in, byte[] strings, Map<Long, Line> rows) {
            this.in = in;
            this.strings = strings;
            this.rows = rows;
        }

        void read() {
            version = in.getShort();
            if (version < OLDEST_VERSION || version > VERSION_WITH_FORMS) {
                return;
            }
            if (version == VERSION_WITH_FORMS) {
                in.getShort(); // the sizes of addresses and of segment selectors
            }
            int headerLength = in.getInt();
            int program = in.position() + headerLength;
            leastLength = in.get();
            if (version > 3) {
                in.get(); // operations of one instruction
            }
            in.get(); // whether rows are statements to begin with
            lineBase = in.get();
            lineRange = in.get() & 0xFF;
            opcodeBase = in.get() & 0xFF;
            lengths = new byte[opcodeBase - 1];
            in.get(lengths);
            if (version == VERSION_WITH_FORMS) {
                entries(); // folders
                files.addAll(entries());
            } else {
                String folder;
                do {
                    folder = string();
                } while (!folder.isEmpty());
                files.add("");
                for (String name = string(); !name.isEmpty(); name = string()) {
                    files.add(name);
                    unsigned();
                    unsigned();
                    unsigned();
                }
            }
            in.position(program);
            begin();
            while (in.hasRemaining()) {
                step(in.get() & 0xFF);
            }
        }

        private void begin() {
            address = 0;
            file = 1;
            line = 1;
        }

        private void step(int opcode) {
            if (opcode >= opcodeBase) {
                int special = opcode - opcodeBase;
                address += (long) (special / lineRange) * leastLength;
                line += lineBase + special % lineRange;
                row();
                return;
            }
            switch (opcode) {
                case 0 -> extended();
                case 1 -> row();
                case 2 -> address += unsigned() * leastLength;
                case 3 -> line += (int) signed();
                case 4 -> file = (int) unsigned();
                case 8 -> address += (long) ((255 - opcodeBase) / lineRange) * leastLength;
                case 9 -> address += in.getShort() & 0xFFFF;
                default -> {
                    for (int i = 0; i < lengths[opcode - 1]; i++) {
                        unsigned();
                    }
                }
            }
        }

        private void extended() {
            int length = (int) unsigned();
            int next = in.position() + length;
            switch (in.get()) {
                case 1 -> {
                    rows.put(address, new Line("", 0));
                    begin();
                }
                case 2 -> address = in.getInt() & 0xFFFF_FFFFL;
                default -> {}
            }
            in.position(next);
        }

        private void row() {
            String name = file >= 0 && file < files.size() ? files.get(file) : "";
            rows.put(address, new Line(name.substring(name.lastIndexOf('/') + 1), line));
        }

        /** A table of folders or of files, each described by forms; answers the names. */
        private List<String> entries() {
            int formats = in.get() & 0xFF;
            long[] contents = new long[formats];
            long[] forms = new long[formats];
            for (int i = 0; i < formats; i++) {
                contents[i] = unsigned();
                forms[i] = unsigned();
            }
            long count = unsigned();
            List<String> names = new ArrayList<>();
            for (long i = 0; i < count; i++) {
                String name = "";
                for (int j = 0; j < formats; j++) {
                    String value = value((int) forms[j]);
                    name = contents[j] == 1 ? value : name;
                }
                names.add(name);
            }
            return names;
        }

        private String value(int form) {
            switch (form) {
                case 0x08 -> {
                    return string();
                }
                case 0x1F -> {
                    return string(in.getInt());
                }
                case 0x0E -> in.getInt();
                case 0x0B -> in.get();
                case 0x05 -> in.getShort();
                case 0x06 -> in.getInt();
                case 0x0F -> unsigned();
                case 0x1E -> in.position(in.position() + 16);
                default -> throw new IllegalArgumentException("form 0x%X is not known".formatted(form));
            }
            return "";
        }

        private String string() {
            int from = in.position();
            byte last;
            do {
                last = in.get();
            } while (last != 0);
            byte[] text = new byte[in.position() - 1 - from];
            in.get(from, text);
            return new String(text, StandardCharsets.UTF_8);
        }

        private String string(int offset) {
            int end = offset;
            while (strings[end] != 0) {
                end++;
            }
            return new String(strings, offset, end - offset, StandardCharsets.UTF_8);
        }

        private long unsigned() {
            long value = 0;
            for (int shift = 0;; shift += 7) {
                byte next = in.get();
                value |= (long) (next & 0x7F) << shift;
                if (next >= 0) {
                    return value;
                }
            }
        }

        private long signed() {
            long value = 0;
            for (int shift = 0;; shift += 7) {
                byte next = in.get();
                value |= (long) (next & 0x7F) << shift;
                if (next >= 0) {
                    int bits = shift + 7;
                    return (next & 0x40) != 0 && bits < Long.SIZE ? value | -1L << bits : value;
                }
            }
        }
    }
}
