package org.ringfence.stack.guest.svsm;

import org.ringfence.machine.memory.Geometry;
import org.ringfence.machine.memory.Level;
import org.ringfence.machine.memory.Note;
import org.ringfence.machine.memory.Scrub;
import org.ringfence.machine.memory.Stored;
import org.ringfence.machine.operation.Cpu;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.vocabulary.Meaning;

/**
 * What a monitor does with the memory of its guest, in words that mean the same on every platform. COCONUT-SVSM's
 * {@code SvsmPlatform} has the same words; pull request 506 argued about what they promise, since "invalidate" is an
 * instruction on SEV-SNP and nothing at all elsewhere. Here:
 *
 * <table>
 * <caption>What holds when a word has been carried out</caption>
 * <tr><th>word</th><th>before</th><th>after, on every platform</th></tr>
 * <tr><td>validate</td><td>invalidated, or never validated</td><td>private accesses of the monitor work; the page reads
 * as zero, for which the monitor zeroes it where hardware does not, unless {@link SvsmChoices.Zeroes} leaves that to
 * whoever asked; nothing that lay there before can be read</td></tr>
 * <tr><td>invalidate</td><td>validated, and what it held given up</td><td>the page may be validated again, shared, or
 * handed on. Whether an access faults (SEV-SNP) or works (TDX, no hardware) is not promised, and neither is that its
 * contents are gone: who hands it on zeroes it before, or validates it</td></tr>
 * <tr><td>share</td><td>validated, and what it held given up</td><td>the host and the guest reach it through the shared
 * mapping; it is not validated</td></tr>
 * <tr><td>unshare</td><td>shared</td><td>as validate</td></tr>
 * <tr><td>grant</td><td>validated, and free of secrets</td><td>the inner guest reads and writes it</td></tr>
 * <tr><td>revoke</td><td>validated</td><td>the inner guest reads and writes it no more, from no CPU, if the flush was
 * for every CPU</td></tr>
 * </table>
 *
 * <p>A step that the platform refuses is a {@link Panic}: the monitor stops. Source: COCONUT-SVSM,
 * kernel/src/platform/{mod,snp,tdp,native}.rs.
 */
public sealed interface SvsmPlatform permits SvsmSnpPlatform, SvsmTdpPlatform, SvsmNativePlatform {

    /** Which platform. */
    enum Kind {
        @Meaning("AMD SEV-SNP, the monitor at VMPL0 and its inner guest at VMPL2.")
        SNP,
        @Meaning("Intel TDX partitioning, the monitor in L1 and its inner guest in L2 VM 1.")
        TDP,
        @Meaning("No confidential hardware.")
        NATIVE
    }

    /** On whom translations are flushed when access is taken away. */
    enum Flush {
        @Meaning("Nobody flushes.")
        NONE,
        @Meaning("Those of the CPU that the monitor runs on.")
        THIS_CPU,
        @Meaning("Those of every CPU.")
        EVERY_CPU
    }

    /** The platform of this kind. */
    static SvsmPlatform of(Kind kind, SvsmChoices choices) {
        return switch (kind) {
            case SNP -> new SvsmSnpPlatform(choices);
            case TDP -> new SvsmTdpPlatform(choices);
            case NATIVE -> new SvsmNativePlatform(choices);
        };
    }

    /** What is chosen where opinions differ. */
    SvsmChoices choices();

    /** Takes the page of {@code level} at {@code gpa}. */
    void validate(Cpu cpu, long gpa, Level level);

    /** Gives up that the page of {@code level} at {@code gpa} is valid. */
    void invalidate(Cpu cpu, long gpa, Level level);

    /** Shares the 4K page at {@code gpa} with the host. */
    void share(Cpu cpu, long gpa);

    /** Takes the 4K page at {@code gpa} back from the host. */
    void unshare(Cpu cpu, long gpa);

    /** Lets the inner guest have the page. */
    void grant(Cpu cpu, long gpa, Level level);

    /** Takes the page from the inner guest. */
    void revoke(Cpu cpu, long gpa, Level level, Flush flush);

    /**
     * Hands a page that the monitor has invalidated on to its inner guest, as it comes there on this platform:
     * validated by request on SEV-SNP, by a grant elsewhere.
     *
     * @param zero whether the monitor zeroes it on the way
     */
    void handOn(Cpu cpu, long gpa, Level level, boolean zero);

    /** Zeroes the page of {@code level} at {@code gpa} through its private mapping. */
    default void zero(Cpu cpu, long gpa, Level level) {
        for (int i = 0; i < span(level); i++) {
            long small = gpa + i * Geometry.SMALL;
            if (cpu.ask(new Scrub(small)) != Stored.STORED) {
                throw new Panic("fault while zeroing GPA 0x%X".formatted(small));
            }
        }
    }

    /** Validates the page and, where that is left to the caller, zeroes it. */
    default void take(Cpu cpu, long gpa, Level level) {
        validate(cpu, gpa, level);
        if (choices().zeroes() == SvsmChoices.Zeroes.CALLER) {
            zero(cpu, gpa, level);
            takenForZero(cpu, gpa, level);
        }
    }

    /** Lets the ledger know that each 4K of the page is taken for zero. */
    default void takenForZero(Cpu cpu, long gpa, Level level) {
        for (int i = 0; i < span(level); i++) {
            cpu.ask(Note.takenForAccepted(gpa + i * Geometry.SMALL));
        }
    }

    private int span(Level level) {
        return level == Level.SIZE_2M ? choices().small() : 1;
    }
}
