package org.ringfence.wasm.shared;

import java.util.List;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.operation.Part;
import org.ringfence.machine.snp.psc.PscBuffers;
import org.ringfence.machine.snp.psc.PscEntry;
import org.ringfence.machine.snp.psc.PscRequest;
import org.ringfence.machine.snp.psc.PscRequest.ReadHeader;
import org.ringfence.wasm.imports.ImportCall;

/**
 * The buffer of page state changes in a GHCB: a header of 8 bytes, the first entry that is not done and the last one in
 * 16 bits each, and entries of 8 bytes. Source: GHCB specification 2.03, 4.1.6.
 */
record PscRegion(String name, int entries) implements Region {
    private static final int WORD = 8;
    private static final int HALF = 4;
    private static final int QUARTER = 2;
    private static final long SIXTEEN_BITS = 0xFFFF;

    @Override
    public int bytes() {
        return WORD + WORD * entries;
    }

    @Override
    public long load(ImportCall call, int offset, int bytes) {
        boolean fits = offset + bytes <= WORD && offset % bytes == 0 && bytes >= QUARTER && offset != WORD - QUARTER;
        if (!fits) {
            throw call.refused(
                    "loads %d bytes at offset %d of '%s'; of a buffer of page state changes the header can be read"
                            .formatted(bytes, offset, name));
        }
        long header = call.ask(new ReadHeader(entries));
        long whole = ReadHeader.current(header) | (long) ReadHeader.last(header) << 16
                | (ReadHeader.isClean(header) ? 0 : 1L << 32);
        return bytes == WORD ? whole : whole >>> (Byte.SIZE * offset) & (1L << (Byte.SIZE * bytes)) - 1;
    }

    @Override
    public void store(ImportCall call, int offset, int bytes, long value) {
        if (offset >= WORD && bytes == WORD && offset % WORD == 0) {
            PscEntry entry = new PscEntry(value);
            if (call.geometry().page(entry.gpa()) < 0
                    || entry.size() == Level.SIZE_2M && !call.geometry().hasLargePages()) {
                throw call
                        .refused("asks for a page state change of GPA 0x%X, which is no page of a machine with %d pages"
                                .formatted(entry.gpa(), call.geometry().pages()));
            }
            call.ask(PscRequest.WriteEntry.raw(offset / WORD - 1, entry));
            return;
        }
        int first = (int) (value & SIXTEEN_BITS);
        int last = (int) (value >>> 16 & SIXTEEN_BITS);
        boolean isHeader = offset == 0 && (bytes == WORD || bytes == HALF);
        if (!isHeader || value >>> 32 != 0 || first > entries || last > entries) {
            throw call.refused(
                    "stores 0x%X in %d bytes at offset %d of '%s', a buffer of %d page state changes; allowed are whole entries, and a header at once"
                            .formatted(value, bytes, offset, name, entries));
        }
        call.ask(new PscRequest.WriteHeader(first, last));
    }

    @Override
    public List<Part> needs() {
        return List.of(new PscBuffers.Sized(entries));
    }
}
