package org.ringfence.machine.memory;

import org.ringfence.machine.state.State;

/**
 * What a CPU or a device does with one line of memory. A load and a store go through the cache of the CPU's package,
 * the others do not fill it. Sources: Intel SDM volume 2, the instructions; for MOVDIR64B as the way to write a full
 * line for certain, Linux, arch/x86/virt/vmx/tdx/tdx.c (tdx_quirk_reset_paddr).
 */
public enum LineInstruction {
    /** A load from write-back memory. */
    LOAD("load", true, false),
    /** A store of a full line to write-back memory. */
    STORE("store", false, true),
    /** Writes a line back if it is dirty, and drops it from every cache. */
    CLFLUSH("CLFLUSH", false, false),
    /** A store of 64 bytes past the caches: a full line, never less. */
    MOVDIR64B("MOVDIR64B", false, true),
    /** A non-temporal store of less than a line; one to uncached or write-combining memory does the same. */
    MOVNTI("MOVNTI", false, true),
    /** A device reads. */
    DMA_READ("DMA read", true, false),
    /** A device writes a full line. */
    DMA_WRITE("DMA write", false, true),
    /** A device writes less than a line. */
    DMA_WRITE_PART("DMA write of a part", false, true);

    /** What {@link #perform} answers where nothing is read. */
    static final int NOTHING = -3;

    private final String printed;
    private final boolean reads;
    private final boolean writes;

    LineInstruction(String printed, boolean reads, boolean writes) {
        this.printed = printed;
        this.reads = reads;
        this.writes = writes;
    }

    /** Whether it tells what is in the line. */
    public boolean reads() {
        return reads;
    }

    /** Whether it writes {@code contents}. */
    public boolean writes() {
        return writes;
    }

    /**
     * Does it.
     *
     * @param number the CPU's package
     * @return what was read: the ordinal of a {@link Value}, {@link Memory#JUNK} or {@link Memory#POISON}; else
     *     {@link #NOTHING}
     */
    public int perform(Memory memory, State state, int number, int frame, int line, int keyId, Value contents) {
        switch (this) {
            case LOAD -> {
                return memory.loadLine(state, number, frame, line, keyId);
            }
            case DMA_READ -> {
                return memory.readLine(state, frame, line, keyId);
            }
            case STORE -> memory.storeLine(state, number, frame, line, contents, keyId);
            case CLFLUSH -> memory.caches().flush(state, frame, line, keyId);
            case MOVDIR64B, DMA_WRITE -> memory.writeLine(state, frame, line, contents, keyId);
            case MOVNTI, DMA_WRITE_PART -> memory.writePartially(state, frame, line, contents, keyId);
        }
        return NOTHING;
    }

    @Override
    public String toString() {
        return printed;
    }
}
