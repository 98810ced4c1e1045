package org.ringfence.stack.guest.svsm;

import org.ringfence.machine.vocabulary.Meaning;
import org.ringfence.stack.guest.acceptance.CarryFlag;
import org.ringfence.stack.guest.acceptance.Policy;

/**
 * What a monitor chooses where opinions differ.
 *
 * @param small 4K pages in a 2M page
 * @param carryFlag SEV-SNP: what it makes of PVALIDATE's carry flag
 * @param alreadyAccepted TDX: what it makes of TDX_PAGE_ALREADY_ACCEPTED
 * @param checksExitInfo2 SEV-SNP: whether it looks at SW_EXITINFO2 of a page state change, where KVM puts the error;
 *     COCONUT-SVSM looks at SW_EXITINFO1 alone
 * @param zeroes who zeroes a page that was validated, where hardware does not
 * @param cpus TDX: CPUs of the monitor, each of which keeps translations of its own
 */
public record SvsmChoices(
        int small,
        CarryFlag carryFlag,
        Policy alreadyAccepted,
        boolean checksExitInfo2,
        Zeroes zeroes,
        int cpus) {

    /** Who zeroes a page that was validated, where hardware does not. */
    public enum Zeroes {
        @Meaning("The platform, as part of validating it.")
        PLATFORM,
        @Meaning("Whoever had it validated. COCONUT-SVSM: kernel/src/platform/snp.rs, "
                + "kernel/src/mm/page_visibility.rs.")
        CALLER,
        @Meaning("Nobody: each takes it for the other's.")
        NOBODY
    }

    /** A careful monitor on a machine whose 2M pages have {@code small} pages of 4K. */
    public static SvsmChoices careful(int small) {
        return new SvsmChoices(small, CarryFlag.FATAL, Policy.COCONUT, true, Zeroes.PLATFORM, 1);
    }

    /** These, with a policy for the carry flag. */
    public SvsmChoices on(CarryFlag flag) {
        return new SvsmChoices(small, flag, alreadyAccepted, checksExitInfo2, zeroes, cpus);
    }

    /** These, with a policy for TDX_PAGE_ALREADY_ACCEPTED. */
    public SvsmChoices on(Policy policy) {
        return new SvsmChoices(small, carryFlag, policy, checksExitInfo2, zeroes, cpus);
    }

    /** These, with a choice whether to look at SW_EXITINFO2. */
    public SvsmChoices checkingExitInfo2(boolean checking) {
        return new SvsmChoices(small, carryFlag, alreadyAccepted, checking, zeroes, cpus);
    }

    /** These, for a monitor of so many CPUs. */
    public SvsmChoices onCpus(int count) {
        return new SvsmChoices(small, carryFlag, alreadyAccepted, checksExitInfo2, zeroes, count);
    }

    /** These, with someone else who zeroes. */
    public SvsmChoices zeroedBy(Zeroes who) {
        return new SvsmChoices(small, carryFlag, alreadyAccepted, checksExitInfo2, who, cpus);
    }
}
