package org.ringfence.cli;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Damages texts and images as hurried hands, other programs and hostile ones do: words from elsewhere in their place,
 * numbers at the edge of some range, lines lost, doubled or moved, bytes flipped, pieces cut off. The same seed does
 * the same.
 */
final class Mutator {
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_.-]+|\\s+|[^\\sA-Za-z0-9_.-]");

    private static final String[] ODD = {
        "", "-1", "0", "1", "2", "3", "63", "64", "65", "255", "4096", "0x1000", "0x7FFFFFFFFFFFFFFF",
        "0xFFFFFFFFFFFFFFFF",
        "2147483647", "2147483648", "9223372036854775807", "9223372036854775808", "99999999999999999999999999", "1e9",
        "1.5", "NaN",
        "true", "false", "null", "~", "[]", "{}", "[[[[", "{a: {b: ", "'", "\"", "&a", "*a", "!!str", "|", ">", "#",
        "-", ":", ",", "\t",
        "\u00e9", "\u202e", "\u0000", "\ud83d\ude00", "\r", "\r\n", "../x", "/dev/null", "%s", "${x}", "all", "none",
        "no", "page=0", "frame=9"};

    private final SplittableRandom random;
    private final List<String> words;

    /** Draws words from {@code texts}. */
    Mutator(long seed, List<String> words) {
        this.random = new SplittableRandom(seed);
        this.words = words;
    }

    /** Every word of {@code texts}, each as often as it occurs. */
    static List<String> words(List<String> texts) {
        List<String> words = new ArrayList<>();
        for (String text : texts) {
            tokens(text).stream().filter(token -> Character.isLetterOrDigit(token.charAt(0))).forEach(words::add);
        }
        return words;
    }

    private static List<String> tokens(String text) {
        List<String> tokens = new ArrayList<>();
        Matcher matcher = TOKEN.matcher(text);
        while (matcher.find()) {
            tokens.add(matcher.group());
        }
        return tokens;
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    String word() {
        return random.nextInt(3) == 0 ? ODD[random.nextInt(ODD.length)] : words.get(random.nextInt(words.size()));
    }

    /** {@code text}, changed in one to four ways. */
    byte[] text(String text) {
        String now = text;
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            now = random.nextInt(3) == 0 ? byLine(now) : byToken(now);
        }
        byte[] bytes = now.getBytes(StandardCharsets.UTF_8);
        return random.nextInt(12) == 0 ? bytes(bytes) : bytes;
    }

    private String byToken(String text) {
        List<String> tokens = tokens(text);
        if (tokens.isEmpty()) {
            return word();
        }
        int at = random.nextInt(tokens.size());
        switch (random.nextInt(5)) {
            case 0 -> tokens.remove(at);
            case 1 -> tokens.add(at, word());
            case 2 -> tokens.set(at, tokens.get(random.nextInt(tokens.size())));
            default -> tokens.set(at, word());
        }
        return String.join("", tokens);
    }

    private String byLine(String text) {
        List<String> lines = new ArrayList<>(Arrays.asList(text.split("\n", -1)));
        int at = random.nextInt(lines.size());
        int other = random.nextInt(lines.size());
        switch (random.nextInt(5)) {
            case 0 -> lines.remove(at);
            case 1 -> lines.add(at, lines.get(other));
            case 2 -> lines.set(at, lines.set(other, lines.get(at)));
            case 3 -> lines.set(at, "  " + lines.get(at));
            default -> lines.subList(at, lines.size()).clear();
        }
        return String.join("\n", lines);
    }

    /** {@code bytes} with some of them flipped, replaced, cut or doubled. */
    byte[] bytes(byte[] bytes) {
        byte[] now = bytes.clone();
        for (int i = random.nextInt(1, 6); i > 0 && now.length > 0; i--) {
            int at = random.nextInt(now.length);
            switch (random.nextInt(6)) {
                case 0 -> now[at] = (byte) random.nextInt(256);
                case 1 -> Arrays.fill(now, at, Math.min(now.length, at + 4), (byte) (random.nextBoolean() ? 0xFF : 0));
                case 2 -> now = Arrays.copyOf(now, at);
                case 3 -> now = Arrays.copyOf(now, now.length + random.nextInt(1, 64));
                default -> now[at] ^= (byte) (1 << random.nextInt(8));
            }
        }
        return now;
    }
}
