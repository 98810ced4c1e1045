package org.ringfence.wasm.shared;

import java.util.List;
import org.ringfence.machine.operation.Part;
import org.ringfence.wasm.imports.ImportCall;

/**
 * Words of one width.
 *
 * @param width bytes of a word
 */
record WordRegion(SharedWords.Declared declared, int width) implements Region {
    @Override
    public int bytes() {
        return width * declared.count();
    }

    @Override
    public long load(ImportCall call, int offset, int bytes) {
        return call.ask(new WordOperation.Fetch(declared.name(), index(call, offset, bytes), declared.below()));
    }

    @Override
    public void store(ImportCall call, int offset, int bytes, long value) {
        int index = index(call, offset, bytes);
        if (Long.compareUnsigned(value, declared.below()) >= 0) {
            throw call.refused("stores %s in shared memory '%s', whose values are declared to be below %d"
                    .formatted(Long.toUnsignedString(value), declared.name(), declared.below()));
        }
        call.ask(new WordOperation.Put(declared.name(), index, (int) value));
    }

    private int index(ImportCall call, int offset, int bytes) {
        if (bytes != width || offset % width != 0) {
            throw call.refused("accesses %d bytes at offset %d of shared memory '%s', whose words have %d bytes"
                    .formatted(bytes, offset, declared.name(), width));
        }
        return offset / width;
    }

    @Override
    public List<Part> needs() {
        return List.of(new SharedWords.Brought(List.of(declared)));
    }
}
