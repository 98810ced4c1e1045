package org.ringfence.machine.vocabulary;

import java.util.ArrayList;
import java.util.List;

/** Takes a text apart where something stands between its pieces, but not inside of brackets. */
final class Pieces {
    private Pieces() {}

    /** The words of {@code text}, apart by blanks. */
    static List<String> of(String text) throws NoSuchOperation {
        List<String> words = new ArrayList<>(apart(text, ' '));
        words.removeIf(String::isEmpty);
        return words;
    }

    /** The pieces of {@code text} between {@code separator}s. */
    static List<String> apart(String text, char separator) throws NoSuchOperation {
        List<String> pieces = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '[' || c == '(') {
                depth++;
            } else if (c == ']' || c == ')') {
                depth--;
            } else if (depth == 0 && (c == separator || separator == ' ' && Character.isWhitespace(c))) {
                pieces.add(text.substring(from, i));
                from = i + 1;
            }
            if (depth < 0) {
                break;
            }
        }
        if (depth != 0) {
            throw new NoSuchOperation("a bracket of '%s' has no other that belongs to it".formatted(text));
        }
        pieces.add(text.substring(from));
        return pieces;
    }
}
