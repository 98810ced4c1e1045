package org.ringfence.machine.cca;

import org.ringfence.machine.operation.Guard;

/**
 * What the RMM checks before it acts, and what it must do when it does (wipe, invalidate), each of which can be left
 * out. In the order of the commands' numbers.
 */
public enum CcaGuard implements Guard {
    DELEGATE_GRANULE_IS_NS(
            "RMI_ERROR_INPUT", "RMI_GRANULE_DELEGATE takes a granule that is the host's", "granule.c"),
    UNDELEGATE_GRANULE_IS_DELEGATED(
            "RMI_ERROR_INPUT", "RMI_GRANULE_UNDELEGATE gives back a granule that is used for nothing", "granule.c"),
    GRANULE_IS_WIPED_FOR_HOST(
            "no status: the step is left out",
            "a granule that held anything of a realm's is zero before the host has it back", "rtt.c, realm.c, rec.c"),
    GRANULE_IS_WIPED_FOR_REALM(
            "no status: the step is left out", "a granule that the host had is zero before a realm has it",
            "granule.c"),
    DATA_CREATE_SOURCE_IS_NS(
            "RMI_ERROR_INPUT", "RMI_DATA_CREATE copies from a granule of the host's", "rtt.c",
            "the copy is read as Non-secure, which the granule protection check refuses at any other granule"),
    DATA_CREATE_GRANULE_IS_DELEGATED(
            "RMI_ERROR_INPUT", "RMI_DATA_CREATE and _UNKNOWN take a granule that is used for nothing", "rtt.c"),
    DATA_CREATE_REALM_IS_NEW(
            "RMI_ERROR_REALM", "RMI_DATA_CREATE, which is measured, comes before the realm is active", "rtt.c"),
    DATA_CREATE_ENTRY_IS_UNASSIGNED(
            "RMI_ERROR_RTT", "RMI_DATA_CREATE and _UNKNOWN find no granule at the address", "rtt.c"),
    DATA_DESTROY_INVALIDATES(
            "no status: the step is left out", "RMI_DATA_DESTROY invalidates the translation that it takes away",
            "rtt.c", true),
    DATA_DESTROY_TELLS_THE_REALM(
            "no status: the step is left out",
            "what RMI_DATA_DESTROY took from RAM is DESTROYED, so that no other granule takes its place unnoticed",
            "rtt.c"),
    REALM_ACTIVATE_REALM_IS_NEW(
            "RMI_ERROR_REALM", "RMI_REALM_ACTIVATE comes once, before the realm runs", "realm.c"),
    REALM_CREATE_VMID_IS_FREE(
            "RMI_ERROR_INPUT", "RMI_REALM_CREATE names a VMID that no realm has", "realm.c"),
    REALM_CREATE_GRANULES_ARE_APART(
            "RMI_ERROR_INPUT", "RMI_REALM_CREATE takes the descriptor and the root table from two granules",
            "realm.c"),
    REALM_CREATE_GRANULES_ARE_DELEGATED(
            "RMI_ERROR_INPUT", "RMI_REALM_CREATE takes granules that are used for nothing", "realm.c"),
    REALM_DESTROY_HAS_NO_REC("RMI_ERROR_REALM", "RMI_REALM_DESTROY finds no REC of the realm", "realm.c"),
    REALM_DESTROY_HAS_NO_TABLE(
            "RMI_ERROR_REALM", "RMI_REALM_DESTROY finds neither table nor memory of the realm", "realm.c"),
    REC_CREATE_GRANULE_IS_DELEGATED(
            "RMI_ERROR_INPUT", "RMI_REC_CREATE takes a granule that is used for nothing", "rec.c"),
    REC_CREATE_REALM_IS_NEW(
            "RMI_ERROR_REALM", "RMI_REC_CREATE, which is measured, comes before the realm is active", "rec.c"),
    REC_CREATE_MPIDR_IS_NEXT(
            "RMI_ERROR_INPUT", "RMI_REC_CREATE makes RECs in the order of their MPIDRs", "rec.c"),
    REC_DESTROY_IS_NOT_RUNNING("RMI_ERROR_REC", "RMI_REC_DESTROY finds the REC on no CPU", "rec.c"),
    REC_ENTER_IS_NOT_RUNNING(
            "RMI_ERROR_REC", "RMI_REC_ENTER finds the REC on no other CPU", "run.c",
            "what two CPUs that run one REC do to its registers is not modelled"),
    REC_ENTER_REALM_IS_ACTIVE(
            "RMI_ERROR_REALM", "RMI_REC_ENTER runs a realm whose launch is complete and that has not ended", "run.c"),
    REC_ENTER_ABORT_IS_UNPROTECTED(
            "RMI_ERROR_REC", "RMI_REC_ENTER puts an abort in only after a fault at an unprotected address", "run.c",
            "an abort at memory of its own ends the realm, which its host can do anyway"),
    RTT_CREATE_GRANULE_IS_DELEGATED(
            "RMI_ERROR_INPUT", "RMI_RTT_CREATE takes a granule that is used for nothing", "rtt.c"),
    RTT_CREATE_ENTRY_IS_NO_TABLE("RMI_ERROR_RTT", "RMI_RTT_CREATE finds no table at the address", "rtt.c"),
    RTT_DESTROY_TABLE_IS_NOT_LIVE("RMI_ERROR_RTT", "RMI_RTT_DESTROY finds no granule below the table", "rtt.c"),
    RTT_DESTROY_INVALIDATES(
            "no status: the step is left out", "RMI_RTT_DESTROY invalidates what the table translated", "rtt.c", true),
    RTT_DESTROY_TELLS_THE_REALM(
            "no status: the step is left out",
            "what RMI_RTT_DESTROY took away is DESTROYED, whatever the table held", "rtt.c"),
    MAP_UNPROTECTED_IPA_IS_UNPROTECTED(
            "RMI_ERROR_INPUT", "RMI_RTT_MAP_UNPROTECTED maps outside of protected memory", "rtt.c"),
    MAP_UNPROTECTED_ENTRY_IS_UNASSIGNED("RMI_ERROR_RTT", "RMI_RTT_MAP_UNPROTECTED finds nothing mapped", "rtt.c",
            "the host changes a translation to memory of its own without an invalidation, which its realm may not rely on"),
    UNMAP_UNPROTECTED_INVALIDATES(
            "no status: the step is left out", "RMI_RTT_UNMAP_UNPROTECTED invalidates the translation", "rtt.c",
            true),
    RTT_FOLD_TABLE_IS_HOMOGENEOUS(
            "RMI_ERROR_RTT", "RMI_RTT_FOLD finds all entries of the table in one state", "rtt.c"),
    RTT_FOLD_IS_CONTIGUOUS(
            "RMI_ERROR_RTT", "RMI_RTT_FOLD finds granules that follow each other, aligned to the block", "rtt.c"),
    INIT_RIPAS_REALM_IS_NEW(
            "RMI_ERROR_REALM", "RMI_RTT_INIT_RIPAS, which is measured, comes before the realm is active", "rtt.c"),
    SET_RIPAS_REC_IS_NOT_RUNNING(
            "RMI_ERROR_REC", "RMI_RTT_SET_RIPAS finds the REC that asked on no CPU", "rtt.c",
            "a REC that runs has nothing pending, so that the range is refused instead"),
    SET_RIPAS_REC_IS_OF_REALM("RMI_ERROR_REC", "RMI_RTT_SET_RIPAS names a REC of the realm", "rtt.c"),
    SET_RIPAS_BASE_IS_NEXT(
            "RMI_ERROR_INPUT", "RMI_RTT_SET_RIPAS begins where the change that the realm asked for has come to",
            "rtt.c"),
    SET_RIPAS_TOP_IS_WITHIN(
            "RMI_ERROR_INPUT", "RMI_RTT_SET_RIPAS ends within what the realm asked for", "rtt.c"),
    SET_RIPAS_DESTROYED_STAYS(
            "RMI_ERROR_RTT", "RMI_RTT_SET_RIPAS changes DESTROYED only where the realm said so", "rtt.c"),
    SET_RIPAS_INVALIDATES(
            "no status: the step is left out", "RMI_RTT_SET_RIPAS invalidates what is RAM no more", "rtt.c", true),
    TLBI_IS_FOR_EVERY_PLANE(
            "no status: the step is left out", "an invalidation is for the VMID of each of the realm's planes",
            "TF-RMM main, lib/s2tt, where each plane has a VMID", true),
    IPA_STATE_SET_TO_EMPTY_OR_RAM(
            "RSI_ERROR_INPUT", "RSI_IPA_STATE_SET asks for EMPTY or RAM", "rsi/memory.c",
            "a realm only hurts itself with it"),
    GPC_NON_SECURE_ACCESS_IS_TO_NS(
            "granule protection fault", "an access of the host's or of a device's is to a granule that is NS",
            "Arm RME, granule protection check"),
    GPC_UNPROTECTED_ACCESS_IS_TO_NS(
            "granule protection fault", "an access of a realm's to unprotected memory is to a granule that is NS",
            "Arm RME, granule protection check");

    // A record of texts.
    @SuppressWarnings("ImmutableEnumChecker")
    private final Check check;

    private final boolean invalidation;

    CcaGuard(String refuses, String holds, String source) {
        this(refuses, holds, source, "", false);
    }

    CcaGuard(String refuses, String holds, String source, boolean invalidation) {
        this(refuses, holds, source, "", invalidation);
    }

    CcaGuard(String refuses, String holds, String source, String unneeded) {
        this(refuses, holds, source, unneeded, false);
    }

    CcaGuard(String refuses, String holds, String source, String unneeded, boolean invalidation) {
        String where = source.startsWith("Arm") || source.startsWith("TF-RMM") ? source
                : "TF-RMM rmm-spec-v1.0-rel0, " + source;
        this.check = new Check(refuses, holds, where, unneeded);
        this.invalidation = invalidation;
    }

    @Override
    public Check check() {
        return check;
    }

    /** Whether what is left out is an invalidation of translations. */
    public boolean isInvalidation() {
        return invalidation;
    }
}
