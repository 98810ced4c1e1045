package org.ringfence.machine.tdx.sept;

import java.util.Locale;
import org.ringfence.machine.vocabulary.Notation;

/**
 * RCX of a Secure EPT entry as text: {@code 0x1000} for the 4K entry at that address, {@code 0x0+2M} for a larger one.
 */
public final class EntryNotation implements Notation {
    private static final String[] LEVELS = {"", "+2M", "+1G", "+512G", "+256T"};

    /** The only one. */
    public EntryNotation() {}

    @Override
    public String print(Object value) {
        long rcx = (Long) value;
        int level = SeptOperand.level(rcx);
        return level < LEVELS.length && rcx == SeptOperand.rcx(SeptOperand.gpa(rcx), level)
                ? hexadecimal(SeptOperand.gpa(rcx)) + LEVELS[level]
                : hexadecimal(rcx);
    }

    private static String hexadecimal(long number) {
        return "0x" + Long.toHexString(number).toUpperCase(Locale.ROOT);
    }

    @Override
    public Object parse(String text) {
        for (int level = LEVELS.length - 1; level > 0; level--) {
            if (text.endsWith(LEVELS[level])) {
                return SeptOperand.rcx(
                        number(text.substring(0, text.length() - LEVELS[level].length())), level);
            }
        }
        return number(text);
    }

    private static long number(String text) {
        return text.startsWith("0x") ? Long.parseUnsignedLong(text.substring(2), 16) : Long.parseLong(text);
    }

    @Override
    public String allowed() {
        return "an address, decimal or with 0x, and the entry's size where it is not 4K, such as 0x200000+2M";
    }
}
