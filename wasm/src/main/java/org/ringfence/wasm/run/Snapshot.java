package org.ringfence.wasm.run;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.ringfence.wasm.imports.Reply;

/**
 * A module that stands at a call of an import: its memory, its globals, and the call. Of the memory only what differs
 * from a fresh instance's is kept, as runs of bytes.
 */
public final class Snapshot {
    private static final int GAP = 16;

    private final byte[] initial;
    private final byte[] delta;
    private final long[] globals;
    private final int imported;
    private final long[] arguments;
    private final int address;
    private final String hash;
    private final Map<Reply, Stand> next = new HashMap<>();

    private Snapshot(byte[] initial, byte[] delta, long[] globals, int imported, long[] arguments, int address) {
        this.initial = initial;
        this.delta = delta;
        this.globals = globals;
        this.imported = imported;
        this.arguments = arguments;
        this.address = address;
        this.hash = hashed();
    }

    /**
     * Of a module.
     *
     * @param memory its contents now
     * @param initial those of a fresh instance
     * @param imported the index of the import that it calls
     * @param address of the call, in the file
     */
    static Snapshot of(byte[] memory, byte[] initial, long[] globals, int imported, long[] arguments, int address) {
        return new Snapshot(initial, difference(memory, initial), globals, imported, arguments, address);
    }

    private static byte[] difference(byte[] memory, byte[] initial) {
        ByteBuffer runs = ByteBuffer.allocate(64);
        int from = 0;
        while (true) {
            int length = memory.length - from;
            int found = java.util.Arrays.mismatch(memory, from, from + length, initial, from, from + length);
            if (found < 0) {
                byte[] delta = new byte[runs.position()];
                runs.get(0, delta);
                return delta;
            }
            int start = from + found;
            int end = start + 1;
            for (int i = end; i < memory.length && i - end < GAP; i++) {
                if (memory[i] != initial[i]) {
                    end = i + 1;
                }
            }
            int needed = 2 * Integer.BYTES + end - start;
            if (runs.remaining() < needed) {
                runs = ByteBuffer.allocate(2 * (runs.capacity() + needed)).put(runs.flip());
            }
            runs.putInt(start).putInt(end - start).put(memory, start, end - start);
            from = end;
        }
    }

    private String hashed() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            ByteBuffer rest = ByteBuffer.allocate(Long.BYTES * (globals.length + arguments.length + 1));
            for (long global : globals) {
                rest.putLong(global);
            }
            for (long argument : arguments) {
                rest.putLong(argument);
            }
            rest.putInt(imported).putInt(address);
            digest.update(delta);
            digest.update(rest.array());
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JVM has SHA-256", impossible);
        }
    }

    /** Is told of bytes at an address. */
    @FunctionalInterface
    interface Writer {
        void write(int address, byte[] from, int offset, int length);
    }

    /** Tells of each run. */
    void write(Writer writer) {
        ByteBuffer runs = ByteBuffer.wrap(delta);
        while (runs.hasRemaining()) {
            int start = runs.getInt();
            int length = runs.getInt();
            writer.write(start, delta, runs.position(), length);
            runs.position(runs.position() + length);
        }
    }

    /** Tells of each run what a fresh instance has there. */
    void erase(Writer writer) {
        ByteBuffer runs = ByteBuffer.wrap(delta);
        while (runs.hasRemaining()) {
            int start = runs.getInt();
            int length = runs.getInt();
            writer.write(start, initial, start, length);
            runs.position(runs.position() + length);
        }
    }

    /** The byte at {@code at}, which lies in the memory. */
    byte read(int at) {
        ByteBuffer runs = ByteBuffer.wrap(delta);
        while (runs.hasRemaining()) {
            int start = runs.getInt();
            int length = runs.getInt();
            if (at >= start && at < start + length) {
                return delta[runs.position() + at - start];
            }
            runs.position(runs.position() + length);
        }
        return initial[at];
    }

    /** Bytes of memory. */
    int size() {
        return initial.length;
    }

    /** Bytes that this takes, about. */
    int bytes() {
        return delta.length + Long.BYTES * (globals.length + arguments.length);
    }

    long[] globals() {
        return globals;
    }

    /** The index of the import that is called. */
    int imported() {
        return imported;
    }

    long argument(int index) {
        return arguments[index];
    }

    /** Of the call, in the file. */
    int address() {
        return address;
    }

    /** SHA-256 of all of it. */
    public String hash() {
        return hash;
    }

    /** Where the module came from here, by what it got back. */
    Map<Reply, Stand> next() {
        return next;
    }

    @Override
    public String toString() {
        return "0x%X %s".formatted(address, List.of(hash.substring(0, 12)));
    }
}
