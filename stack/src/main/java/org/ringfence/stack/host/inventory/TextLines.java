package org.ringfence.stack.host.inventory;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The lines of a file that someone wrote to be read by people: UTF-8 without control characters but tabs. Line ends may
 * be those of Windows.
 *
 * @param lines without their ends
 */
public record TextLines(List<String> lines) {
    /** Ends of lines; those of Windows count twice. */
    private static final int MOST_LINES = 1_000_000;

    public TextLines {
        lines = List.copyOf(lines);
    }

    /**
     * The lines of {@code bytes}.
     *
     * @param allowed what the file should hold, for the sentence of a refusal
     */
    public static TextLines of(byte[] bytes, String allowed) throws BadInventory {
        if (bytes.length == 0) {
            throw new BadInventory(1, 1, "the file is empty; allowed is " + allowed);
        }
        refuseTooMany(bytes, allowed);
        String text = decode(bytes, allowed);
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            refuseControls(lines.get(i), i + 1, allowed);
        }
        return new TextLines(lines);
    }

    private static void refuseTooMany(byte[] bytes, String allowed) throws BadInventory {
        int ends = 0;
        for (byte one : bytes) {
            ends += one == '\n' || one == '\r' ? 1 : 0;
            if (ends > MOST_LINES) {
                throw new BadInventory(MOST_LINES, 1,
                        "the file has more than %,d lines; allowed is ".formatted(MOST_LINES) + allowed);
            }
        }
    }

    /** The number of the last line, from 1. */
    public int last() {
        return Math.max(1, lines.size());
    }

    private static String decode(byte[] bytes, String allowed) throws BadInventory {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(in).toString();
        } catch (CharacterCodingException bad) {
            // The decoder stops before the bytes that it cannot read.
            int line = 1;
            int begin = 0;
            for (int i = 0; i < in.position(); i++) {
                // A line may also end with a carriage return alone.
                if (bytes[i] == '\n' || bytes[i] == '\r' && bytes[i + 1] != '\n') {
                    line++;
                    begin = i + 1;
                }
            }
            throw new BadInventory(line, in.position() - begin + 1,
                    "the byte 0x%02X is not UTF-8; allowed is ".formatted(bytes[in.position()] & 0xFF) + allowed);
        }
    }

    private static void refuseControls(String line, int number, String allowed) throws BadInventory {
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (Character.isISOControl(c) && c != '\t') {
                throw new BadInventory(number, i + 1,
                        "the control character U+%04X stands in the text; allowed is ".formatted((int) c) + allowed);
            }
        }
    }
}
