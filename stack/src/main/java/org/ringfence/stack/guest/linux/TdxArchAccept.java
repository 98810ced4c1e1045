package org.ringfence.stack.guest.linux;

import java.util.List;
import org.ringfence.machine.operation.Panic;

/**
 * arch_accept_memory on TDX: at each address the largest aligned page first, then the next smaller one. Any status but
 * 0 makes it try a smaller page, so that a page which was accepted before ends in a panic after three calls. Source:
 * Linux, arch/x86/coco/tdx/tdx-shared.c, tdx_accept_memory and try_accept_one.
 */
public record TdxArchAccept(Module module) implements ArchAccept {

    private static final List<AcceptSize> SIZES = List.of(AcceptSize.values());

    /** The TDX module, as far as TDG.MEM.PAGE.ACCEPT goes. */
    @FunctionalInterface
    public interface Module {
        /** Whether the call ended with status 0. */
        boolean accept(long gpa, AcceptSize size);
    }

    @Override
    public void accept(PhysicalRange range) {
        long start = range.start();
        while (start < range.end()) {
            start += acceptOne(new PhysicalRange(start, range.end()));
        }
    }

    private long acceptOne(PhysicalRange rest) {
        for (AcceptSize size : SIZES) {
            if (size.fits(rest) && module.accept(rest.start(), size)) {
                return size.bytes();
            }
        }
        throw new Panic("accepting memory failed at GPA 0x%X".formatted(rest.start()));
    }
}
