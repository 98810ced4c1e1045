package org.ringfence.wasm.module;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes modules for tests, byte by byte: as small as they can be, with functions of no instrumentation for asyncify.
 */
public final class TinyModule {
    public static final int I32 = 0x7F;
    public static final int I64 = 0x7E;
    private static final int TOP_OF_STACK = 0x1000;

    private final List<byte[]> types = new ArrayList<>();
    private final List<byte[]> imports = new ArrayList<>();
    private final List<Integer> functions = new ArrayList<>();
    private final List<byte[]> bodies = new ArrayList<>();
    private final List<byte[]> exports = new ArrayList<>();
    private byte[] memory = {1, 0, 1};
    private int dataAt = TOP_OF_STACK;
    private int imported;

    /** One that is fit, and whose entry does nothing. */
    public static TinyModule fit() {
        return fit(0x0B);
    }

    /** One that is fit, and whose entry has these instructions. */
    public static TinyModule fit(int... entry) {
        return bare().pointer("__stack_pointer").asyncify().function("entry", entry);
    }

    /** One of types alone: 0 is a function without parameters, 1 takes an i32. */
    public static TinyModule bare() {
        TinyModule tiny = new TinyModule();
        tiny.types.add(new byte[] {0x60, 0, 0});
        tiny.types.add(new byte[] {0x60, 1, I32, 0});
        tiny.types.add(new byte[] {0x60, 1, I64, 1, I32});
        return tiny;
    }

    /** Imports a function of type {@code type}; to be said before any other function. */
    public TinyModule importing(String module, String name, int type) {
        imports.add(bytes(text(module), text(name), new byte[] {0, (byte) type}));
        imported++;
        return this;
    }

    /** Exports the global under this name. */
    public TinyModule pointer(String name) {
        exports.add(bytes(text(name), new byte[] {3, 0}));
        return this;
    }

    /** With the functions that stop and resume, which here do nothing. */
    public TinyModule asyncify() {
        add("asyncify_start_unwind", 1, 0x0B);
        add("asyncify_stop_unwind", 0, 0x0B);
        add("asyncify_start_rewind", 1, 0x0B);
        return add("asyncify_stop_rewind", 0, 0x0B);
    }

    /** Exports a function of type 0. */
    public TinyModule function(String name, int... instructions) {
        return add(name, 0, instructions);
    }

    private TinyModule add(String name, int type, int... instructions) {
        exports.add(bytes(text(name), new byte[] {0, (byte) (imported + functions.size())}));
        functions.add(type);
        byte[] body = new byte[instructions.length + 1];
        for (int i = 0; i < instructions.length; i++) {
            body[i + 1] = (byte) instructions[i];
        }
        bodies.add(bytes(unsigned(body.length), body));
        return this;
    }

    /** Whose addresses have 64 bits. */
    public TinyModule memory64() {
        memory = new byte[] {1, 4, 1};
        return this;
    }

    /** Whose data lies elsewhere. */
    public TinyModule dataAt(int address) {
        dataAt = address;
        return this;
    }

    /** The file. */
    public byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {0, 'a', 's', 'm', 1, 0, 0, 0});
        section(out, 1, vector(types));
        section(out, 2, vector(imports));
        section(out, 3, vector(functions.stream().map(type -> new byte[] {(byte) (int) type}).toList()));
        section(out, 5, memory);
        section(out, 6, bytes(new byte[] {1, I32, 1, 0x41}, signed(TOP_OF_STACK), new byte[] {0x0B}));
        section(out, 7, vector(exports));
        section(out, 10, vector(bodies));
        section(out, 11, bytes(new byte[] {1, 0, 0x41}, signed(dataAt), new byte[] {0x0B, 2, 'o', 'k'}));
        return out.toByteArray();
    }

    private static void section(ByteArrayOutputStream out, int id, byte[] contents) {
        out.write(id);
        out.writeBytes(unsigned(contents.length));
        out.writeBytes(contents);
    }

    private static byte[] vector(List<byte[]> elements) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(unsigned(elements.size()));
        elements.forEach(out::writeBytes);
        return out.toByteArray();
    }

    private static byte[] text(String text) {
        byte[] letters = text.getBytes(StandardCharsets.UTF_8);
        return bytes(unsigned(letters.length), letters);
    }

    private static byte[] bytes(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] unsigned(int value) {
        return value < 0x80
                ? new byte[] {(byte) value}
                : new byte[] {(byte) (value & 0x7F | 0x80), (byte) (value >> 7)};
    }

    private static byte[] signed(int value) {
        return new byte[] {(byte) (value & 0x7F | 0x80), (byte) (value >> 7 & 0x7F | 0x80), (byte) (value >> 14)};
    }
}
