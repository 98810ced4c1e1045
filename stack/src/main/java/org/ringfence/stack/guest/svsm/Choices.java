package org.ringfence.stack.guest.svsm;

import org.ringfence.stack.guest.acceptance.CarryFlag;
import org.ringfence.stack.guest.acceptance.Policy;

/**
 * What a monitor chooses where opinions differ.
 *
 * @param small 4K pages in a 2M page
 * @param zeroes whether what it validates it zeroes itself, where hardware does not; COCONUT-SVSM zeroes what it validates for its inner guest, and
 *     nothing on platforms without the instruction
 * @param carryFlag SEV-SNP: what it makes of PVALIDATE's carry flag
 * @param alreadyAccepted TDX: what it makes of TDX_PAGE_ALREADY_ACCEPTED
 * @param checksExitInfo2 SEV-SNP: whether it looks at SW_EXITINFO2 of a page state change, where KVM puts the error; COCONUT-SVSM looks at SW_EXITINFO1
 *     alone
 */
public record Choices(
        int small, boolean zeroes, CarryFlag carryFlag, Policy alreadyAccepted, boolean checksExitInfo2) {

    /** A careful monitor on a machine whose 2M pages have {@code small} pages of 4K. */
    public static Choices careful(int small) {
        return new Choices(small, true, CarryFlag.FATAL, Policy.COCONUT, true);
    }

    /** These, with a choice whether to zero. */
    public Choices zeroing(boolean zeroing) {
        return new Choices(small, zeroing, carryFlag, alreadyAccepted, checksExitInfo2);
    }

    /** These, with a policy for the carry flag. */
    public Choices on(CarryFlag flag) {
        return new Choices(small, zeroes, flag, alreadyAccepted, checksExitInfo2);
    }

    /** These, with a policy for TDX_PAGE_ALREADY_ACCEPTED. */
    public Choices on(Policy policy) {
        return new Choices(small, zeroes, carryFlag, policy, checksExitInfo2);
    }

    /** These, with a choice whether to look at SW_EXITINFO2. */
    public Choices checkingExitInfo2(boolean checking) {
        return new Choices(small, zeroes, carryFlag, alreadyAccepted, checking);
    }
}
