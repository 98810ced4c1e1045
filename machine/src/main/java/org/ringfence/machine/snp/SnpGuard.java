package org.ringfence.machine.snp;

import org.ringfence.machine.operation.Guard;

/**
 * Checks of SEV-SNP hardware that can be switched off: named after the instruction or the access, and what it holds to
 * be true.
 */
public enum SnpGuard implements Guard {
    RMPUPDATE_UNASSIGNED_IS_PLAIN(
            "FAIL_INPUT", "RMPUPDATE gives an unassigned page no ASID and no immutable bit", "volume 3, RMPUPDATE"),
    RMPUPDATE_IS_NOT_IN_USE(
            "FAIL_INUSE", "RMPUPDATE leaves pages that hardware or firmware uses as they are", "volume 3, RMPUPDATE"),
    RMPUPDATE_IS_NOT_IMMUTABLE(
            "FAIL_PERMISSION", "RMPUPDATE leaves immutable entries as they are", "volume 3, RMPUPDATE"),
    RMPUPDATE_DOES_NOT_OVERLAP(
            "FAIL_OVERLAP", "RMPUPDATE makes no 2M page over 4K ones, nor 4K ones inside a 2M page",
            "volume 3, RMPUPDATE"),
    PSMASH_IS_NOT_IN_USE(
            "FAIL_INUSE", "PSMASH leaves pages that hardware or firmware uses as they are", "volume 3, PSMASH"),
    PVALIDATE_VMPL_IS_0("#GP", "PVALIDATE is VMPL0's", "volume 3, PVALIDATE"),
    PVALIDATE_SIZES_AGREE("FAIL_SIZEMISMATCH", "PVALIDATE of 2M finds a 2M page, mapped as one", "volume 3, PVALIDATE"),
    RMPADJUST_TARGET_IS_LOWER("FAIL_PERMISSION", "RMPADJUST changes what a lower VMPL may do", "volume 3, RMPADJUST"),
    RMPADJUST_PAGE_IS_VALIDATED("#VC 0x404", "RMPADJUST is for pages that the guest has taken", "volume 3, RMPADJUST"),
    RMPADJUST_SIZES_AGREE("FAIL_SIZEMISMATCH", "RMPADJUST of 2M finds a 2M page", "volume 3, RMPADJUST"),
    RMPADJUST_GIVES_WHAT_IT_HAS(
            "FAIL_PERMISSION", "RMPADJUST grants nothing that its own VMPL lacks", "volume 3, RMPADJUST"),
    RMPQUERY_TARGET_IS_NOT_HIGHER("FAIL_PERMISSION", "RMPQUERY tells nothing of a higher VMPL", "volume 3, RMPQUERY"),
    VMRUN_VMSA_IS_IDLE("VMSA_BUSY", "VMRUN finds a VMSA that no vCPU runs from", "volume 3, VMRUN"),
    VMRUN_VMSA_IS_VALID(
            "VMEXIT_INVALID", "VMRUN finds a page that the guest has taken and made a VMSA", "volume 3, VMRUN"),
    OPERAND_FRAME_IS_GUESTS(
            "#NPF RMP", "PVALIDATE and RMPADJUST act on a frame that is assigned to the guest at that very page",
            "volume 3, PVALIDATE and RMPADJUST"),
    OPERAND_IS_NOT_INSIDE_2M(
            "#NPF SIZEM", "PVALIDATE and RMPADJUST of 4K do not act on a part of a 2M page",
            "volume 3, PVALIDATE and RMPADJUST"),
    PRIVATE_FRAME_IS_GUESTS(
            "#NPF RMP", "a private access reaches a frame that is assigned to the guest at that very page",
            "volume 2, section 15.36"),
    PRIVATE_SIZES_AGREE("#NPF RMP or SIZEM",
            "a private access finds the sizes of the nested mapping and the page equal", "volume 2, section 15.36"),
    PRIVATE_PAGE_IS_VALIDATED(
            "#VC 0x404", "a private access reaches a page that the guest has taken", "volume 2, section 15.36"),
    PRIVATE_VMPL_IS_PERMITTED("#NPF VMPL", "a private access has its VMPL's permission", "volume 2, section 15.36"),
    SHARED_FRAME_IS_HYPERVISORS(
            "#NPF RMP", "a shared write reaches a frame that is not assigned", "volume 2, section 15.36"),
    HOST_WRITE_IS_HYPERVISORS("#PF RMP", "the host writes frames that are not assigned", "volume 2, section 15.36");

    // A record of texts.
    @SuppressWarnings("ImmutableEnumChecker")
    private final Check check;

    SnpGuard(String refuses, String holds, String source) {
        check = new Check(refuses, holds, "AMD64 Architecture Programmer's Manual, " + source, "");
    }

    @Override
    public Check check() {
        return check;
    }
}
