package org.ringfence.cli.casefile;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * Reads one YAML document into {@link Node}s. Jackson's parser supplies tokens with their places; what a case file has
 * no use for and a reader could be tricked by is refused here: aliases, tags, several documents, a key twice, control
 * characters.
 *
 * <p>The words {@code yes}, {@code no}, {@code on} and {@code off} are texts, as in YAML 1.2 and in editors; only
 * {@code true} and {@code false} are truth values.
 */
final class LocatedYaml {
    /** A case is a page of text; what is larger is something else. */
    private static final int MOST_BYTES = 1 << 20;

    private static final int DEEPEST = 32;

    private static final YAMLFactory YAML = YAMLFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .build())
            .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
            .build();

    private final String file;
    private final YAMLParser parser;

    private LocatedYaml(String file, YAMLParser parser) {
        this.file = file;
        this.parser = parser;
    }

    /**
     * Reads {@code path}.
     *
     * @param file what sentences call it
     */
    static Node read(Path path, String file) throws BadInput {
        return parse(file, text(file, bytes(path, file)));
    }

    private static byte[] bytes(Path path, String file) throws BadInput {
        if (Files.isDirectory(path)) {
            throw bad(file, null, "is a directory; name a case file, or a glob such as 'acceptance/*'");
        }
        if (!Files.exists(path)) {
            throw bad(file, null, "there is no such file");
        }
        byte[] bytes;
        try (InputStream in = Files.newInputStream(path)) {
            bytes = in.readNBytes(MOST_BYTES + 1);
        } catch (IOException e) {
            throw bad(file, null, "cannot be read (" + reason(e) + ")");
        }
        if (bytes.length > MOST_BYTES) {
            throw bad(file, null, "is larger than the 1 MiB that a case file may have");
        }
        return bytes;
    }

    private static String reason(IOException e) {
        return switch (e) {
            case java.nio.file.AccessDeniedException denied -> "permission denied";
            default -> Quoted.plain(String.valueOf(e.getMessage()));
        };
    }

    private static String text(String file, byte[] bytes) throws BadInput {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length + 1);
        CoderResult result = decoder.decode(in, out, true);
        String text = out.flip().toString();
        if (result.isError()) {
            throw bad(
                    file,
                    position(text, text.length()),
                    "byte 0x%02X is not UTF-8, so this is no text; a case file is YAML in UTF-8"
                            .formatted(bytes[in.position()]));
        }
        for (int i = 0; i < text.length();) {
            int point = text.codePointAt(i);
            if (!isPrintable(point)) {
                throw bad(
                        file,
                        position(text, i),
                        "character U+%04X is not allowed; a case file is YAML in UTF-8".formatted(point));
            }
            i += Character.charCount(point);
        }
        return text;
    }

    private static Position position(String text, int end) {
        int line = 1;
        int begin = 0;
        for (int i = 0; i < end; i++) {
            // A line may also end with a carriage return alone.
            if (text.charAt(i) == '\n' || text.charAt(i) == '\r' && text.charAt(i + 1) != '\n') {
                line++;
                begin = i + 1;
            }
        }
        return new Position(line, text.codePointCount(begin, end) + 1);
    }

    /** YAML's c-printable. */
    private static boolean isPrintable(int point) {
        return point == '\t'
                || point == '\n'
                || point == '\r'
                || point == 0x85
                || point >= 0x20 && point <= 0x7E
                || point >= 0xA0 && point <= 0xD7FF
                || point >= 0xE000 && point <= 0xFFFD
                || point >= 0x10000;
    }

    private static Node parse(String file, String text) throws BadInput {
        try (YAMLParser parser = YAML.createParser(text)) {
            return new LocatedYaml(file, parser).document();
        } catch (JsonProcessingException e) {
            throw syntax(file, e);
        } catch (IOException e) {
            throw new IllegalStateException("reading from a string failed", e);
        }
    }

    private Node document() throws IOException, BadInput {
        try {
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw bad(file, Position.START, "the file is empty; a case begins with 'question:'");
            }
            Node root = node(first);
            if (parser.nextToken() != null) {
                throw bad(file, here(), "a second document begins here; a case file has one");
            }
            return root;
        } catch (StreamConstraintsException e) {
            throw bad(file, here(), "nested deeper than %d levels, or a key or number is too long".formatted(DEEPEST));
        }
    }

    private static BadInput syntax(String file, JsonProcessingException e) {
        if (e.getCause() instanceof MarkedYAMLException marked && marked.getProblem() != null) {
            Position at = marked.getProblemMark() == null
                    ? located(e)
                    : new Position(
                            marked.getProblemMark().getLine() + 1,
                            marked.getProblemMark().getColumn() + 1);
            String context = marked.getContext() == null ? "" : Quoted.plain(marked.getContext()) + ", ";
            return bad(file, at, "this is not YAML: " + context + firstSentence(marked.getProblem()));
        }
        if (e.getOriginalMessage().startsWith("Expected a field name")) {
            return bad(file, located(e), "a key is not a plain word; lists, mappings and aliases cannot be keys");
        }
        return bad(file, located(e), "this is not YAML: " + firstSentence(e.getOriginalMessage()));
    }

    private static String firstSentence(String message) {
        return message.lines().findFirst().map(LocatedYaml::sentence).orElse("it cannot be parsed");
    }

    private static String sentence(String line) {
        int end = line.indexOf(". ");
        return (end < 0 ? line : line.substring(0, end)).strip();
    }

    private static Position located(JsonProcessingException e) {
        return e.getLocation() == null || e.getLocation().getLineNr() < 1
                ? Position.START
                : new Position(
                        e.getLocation().getLineNr(), Math.max(1, e.getLocation().getColumnNr()));
    }

    private Position here() {
        return new Position(
                parser.currentTokenLocation().getLineNr(),
                parser.currentTokenLocation().getColumnNr());
    }

    private Node node(JsonToken token) throws IOException, BadInput {
        Position at = here();
        if (parser.isCurrentAlias()) {
            throw bad(file, at, "aliases such as '*%s' are not used in case files; write the value out"
                    .formatted(Quoted.plain(parser.getText())));
        }
        if (parser.getTypeId() != null) {
            throw bad(file, at, "tags such as '!%s' are not used in case files; write the value alone"
                    .formatted(Quoted.plain(parser.getTypeId().toString())));
        }
        return switch (token) {
            case START_OBJECT -> mapping(at);
            case START_ARRAY -> sequence(at);
            case VALUE_NULL -> new Node.Nothing(at);
            case VALUE_STRING -> text(at, parser.getText());
            case VALUE_TRUE, VALUE_FALSE -> truth(at);
            case VALUE_NUMBER_INT -> whole(at);
            case VALUE_NUMBER_FLOAT -> new Node.Decimal(at, parser.getText());
            case NOT_AVAILABLE, END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT ->
                throw bad(file, at, "this kind of value is not used in case files");
        };
    }

    /**
     * An escape such as {@code "\\e"} brings in what {@link #isPrintable} keeps out, and reports print a case's texts.
     */
    private Node text(Position at, String value) throws BadInput {
        for (int i = 0; i < value.length(); i++) {
            if (Character.isISOControl(value.charAt(i)) && value.charAt(i) != '\n' && value.charAt(i) != '\t') {
                throw bad(file, at,
                        "a text has the character U+%04X; allowed are printable ones".formatted((int) value.charAt(i)));
            }
        }
        return new Node.Text(at, value);
    }

    private Node truth(Position at) throws IOException {
        String written = parser.getText();
        boolean isTrue = written.equalsIgnoreCase("true");
        return isTrue || written.equalsIgnoreCase("false")
                ? new Node.Truth(at, isTrue)
                : new Node.Text(at, written);
    }

    private Node whole(Position at) throws IOException {
        JsonParser.NumberType type = parser.getNumberType();
        BigInteger value = type == JsonParser.NumberType.BIG_INTEGER
                ? parser.getBigIntegerValue()
                : BigInteger.valueOf(parser.getLongValue());
        return new Node.Whole(at, value);
    }

    private Node sequence(Position at) throws IOException, BadInput {
        List<Node> items = new ArrayList<>();
        for (JsonToken token = next(); token != JsonToken.END_ARRAY; token = next()) {
            items.add(node(token));
        }
        return new Node.Sequence(at, items);
    }

    private Node mapping(Position at) throws IOException, BadInput {
        List<Node.Entry> entries = new ArrayList<>();
        Map<String, Position> seen = new HashMap<>();
        while (next() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            Position keyAt = here();
            Position before = seen.putIfAbsent(key, keyAt);
            if (before != null) {
                throw bad(file, keyAt, "key %s is given twice; the first is on line %d"
                        .formatted(Quoted.of(key), before.line()));
            }
            entries.add(new Node.Entry(key, keyAt, node(next())));
        }
        return new Node.Mapping(at, entries);
    }

    private JsonToken next() throws IOException, BadInput {
        JsonToken token = parser.nextToken();
        if (token == null) {
            throw bad(file, here(), "the document ends too early");
        }
        return token;
    }

    private static BadInput bad(String file, @Nullable Position at, String sentence) {
        return new BadInput(new Problem(file, at, sentence));
    }
}
