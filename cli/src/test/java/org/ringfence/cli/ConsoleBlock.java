package org.ringfence.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A fenced {@code console} block of a document: commands after {@code $}, each followed by what it prints. In the
 * expected output a line that is only {@code ...} stands for any lines, {@code ...} within a line for any text; the
 * numbers of a time such as {@code 0.3 s} do not matter. {@code $ echo $?} shows the exit status of the command before
 * it.
 *
 * @param file the document
 * @param line of the first command
 */
record ConsoleBlock(String file, int line, List<Exchange> exchanges) {

    /** A command and what it prints. */
    record Exchange(int line, String command, List<String> expected) {}

    private static final Pattern TIME = Pattern.compile(" +[0-9][0-9,.]* (s|ms|min)\\b");

    /** The blocks of a document. */
    static List<ConsoleBlock> in(String file, String text) {
        List<ConsoleBlock> blocks = new ArrayList<>();
        List<Exchange> exchanges = new ArrayList<>();
        boolean inside = false;
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            if (!inside && line.strip().equals("```console")) {
                inside = true;
                exchanges = new ArrayList<>();
            } else if (inside && line.strip().equals("```")) {
                inside = false;
                if (!exchanges.isEmpty()) {
                    blocks.add(new ConsoleBlock(file, exchanges.getFirst().line(), List.copyOf(exchanges)));
                }
            } else if (inside && line.startsWith("$ ")) {
                exchanges.add(new Exchange(number, line.substring(2).strip(), new ArrayList<>()));
            } else if (inside && !exchanges.isEmpty()) {
                exchanges.getLast().expected().add(line);
            }
        }
        return blocks;
    }

    /** The arguments of a command line: split at spaces, with single and double quotes. */
    static List<String> words(String command) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean begun = false;
        char quote = 0;
        for (int i = 0; i < command.length(); i++) {
            char c = command.charAt(i);
            if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '\'' || c == '"') {
                quote = c;
                begun = true;
            } else if (c == ' ') {
                if (begun) {
                    words.add(word.toString());
                }
                word.setLength(0);
                begun = false;
            } else {
                word.append(c);
                begun = true;
            }
        }
        if (begun) {
            words.add(word.toString());
        }
        return words;
    }

    /** Whether {@code actual} is what {@code expected} stands for. */
    static boolean matches(List<String> expected, String actual) {
        StringBuilder pattern = new StringBuilder();
        List<String> lines = trimmed(expected);
        for (String line : lines) {
            if (line.strip().equals("...")) {
                pattern.append("(?:.*\n)*");
            } else {
                for (String piece : masked(line).split(Pattern.quote("..."), -1)) {
                    pattern.append(Pattern.quote(piece)).append(".*");
                }
                pattern.setLength(pattern.length() - 2);
                pattern.append('\n');
            }
        }
        String text = String.join("\n", trimmed(List.of(masked(actual).split("\n", -1))));
        return Pattern.matches(pattern.toString(), text.isEmpty() ? "" : text + "\n");
    }

    private static String masked(String text) {
        return TIME.matcher(text).replaceAll(" TIME");
    }

    private static List<String> trimmed(List<String> lines) {
        List<String> trimmed = new ArrayList<>(lines.stream().map(String::stripTrailing).toList());
        while (!trimmed.isEmpty() && trimmed.getLast().isEmpty()) {
            trimmed.removeLast();
        }
        return trimmed;
    }
}
