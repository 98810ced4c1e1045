package org.ringfence.stack.guest.linux;

import java.util.ArrayList;
import java.util.List;
import org.ringfence.machine.operation.Panic;
import org.ringfence.machine.snp.rmp.PvalidateResult;

/**
 * arch_accept_memory on SEV-SNP: a buffer of page state changes to private, 64 at most, then PVALIDATE of each of its
 * pages; and so on until all is done. A page of 2M that the RMP has as 4K is validated in 512 small ones. Whatever else
 * PVALIDATE says, also that the page was valid already, makes the guest ask to be terminated. Source: Linux,
 * arch/x86/coco/sev/core.c, snp_accept_memory, __set_pages_state and pvalidate_pages.
 */
public record SnpArchAccept(Host host) implements ArchAccept {
    /** Entries of Linux's buffer of page state changes; the GHCB has room for 253. */
    public static final int ENTRIES = 64;

    private static final String TERMINATES = "the guest asks to be terminated, reason set 1 (LINUX), code %d (%s): %s";
    private static final int GHCB_TERM_PSC = 1;
    private static final int GHCB_TERM_PVALIDATE = 2;

    /** A page of a buffer. */
    public record Entry(long gpa, AcceptSize size) {}

    /** The host and the processor. */
    public interface Host {
        /** Whether the host says that it has made all of them private. */
        boolean makePrivate(List<Entry> entries);

        /** PVALIDATE of a page, to valid. */
        PvalidateResult validate(long gpa, AcceptSize size);
    }

    @Override
    public void accept(PhysicalRange range) {
        long start = range.start();
        while (start < range.end()) {
            List<Entry> entries = new ArrayList<>(ENTRIES);
            while (start < range.end() && entries.size() < ENTRIES) {
                AcceptSize size = AcceptSize.SIZE_2M.fits(new PhysicalRange(start, range.end()))
                        ? AcceptSize.SIZE_2M
                        : AcceptSize.SIZE_4K;
                entries.add(new Entry(start, size));
                start += size.bytes();
            }
            if (!host.makePrivate(List.copyOf(entries))) {
                throw new Panic(TERMINATES.formatted(GHCB_TERM_PSC, "PSC", "a page state change failed"));
            }
            entries.forEach(this::validate);
        }
    }

    private void validate(Entry entry) {
        PvalidateResult result = host.validate(entry.gpa(), entry.size());
        if (result == PvalidateResult.FAIL_SIZEMISMATCH && entry.size() == AcceptSize.SIZE_2M) {
            for (long gpa = entry.gpa(); gpa < entry.gpa() + AcceptSize.SIZE_2M.bytes();
                    gpa += AcceptSize.SIZE_4K.bytes()) {
                expect(gpa, host.validate(gpa, AcceptSize.SIZE_4K));
            }
        } else {
            expect(entry.gpa(), result);
        }
    }

    private static void expect(long gpa, PvalidateResult result) {
        if (result != PvalidateResult.CHANGED) {
            throw new Panic(TERMINATES.formatted(
                    GHCB_TERM_PVALIDATE, "PVALIDATE", "PVALIDATE of GPA 0x%X: %s".formatted(gpa, result)));
        }
    }
}
