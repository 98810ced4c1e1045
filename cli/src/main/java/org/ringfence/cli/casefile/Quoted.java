package org.ringfence.cli.casefile;

/**
 * Text of the user's in a sentence of ours: in quotes, on one line, cut short, without characters that steer a
 * terminal.
 */
public final class Quoted {
    private static final int MOST = 60;
    private static final int MOST_OF_A_NAME = 200;
    private static final int MOST_OF_A_SENTENCE = 400;

    private Quoted() {}

    /** {@code text} as a sentence shows it. */
    public static String of(String text) {
        return "'" + plain(text) + "'";
    }

    /** The same without the quotes. */
    public static String plain(String text) {
        return plain(text, MOST);
    }

    /** A file's name: cut short only where it is very long. */
    public static String name(String text) {
        return plain(text, MOST_OF_A_NAME);
    }

    /** A whole sentence of another's, on one line. */
    public static String line(String text) {
        return plain(text.strip().replaceAll("\\s*\\R\\s*", "; "), MOST_OF_A_SENTENCE);
    }

    /** The same without the quotes, cut behind {@code most} characters. */
    public static String plain(String text, int most) {
        StringBuilder plain = new StringBuilder();
        int[] points = text.codePoints().limit(most + 1L).toArray();
        for (int i = 0; i < Math.min(points.length, most); i++) {
            int type = Character.getType(points[i]);
            boolean shows = type != Character.CONTROL
                    && type != Character.FORMAT
                    && type != Character.SURROGATE
                    && type != Character.UNASSIGNED
                    && type != Character.LINE_SEPARATOR
                    && type != Character.PARAGRAPH_SEPARATOR;
            if (shows) {
                plain.appendCodePoint(points[i]);
            } else {
                plain.append(points[i] == '\n' ? "\\n" : points[i] == '\t' ? "\\t" : "\\u{%x}".formatted(points[i]));
            }
        }
        return points.length > most ? plain + "..." : plain.toString();
    }
}
