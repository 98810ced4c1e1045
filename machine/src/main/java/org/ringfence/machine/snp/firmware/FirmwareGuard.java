package org.ringfence.machine.snp.firmware;

import org.ringfence.machine.operation.Guard;

/**
 * Checks of the SEV firmware's SNP commands that can be switched off, in the order of the commands. The firmware has
 * each command in a function {@code snp_mcmd_*} of its name.
 */
public enum FirmwareGuard implements Guard {
    PLATFORM_IS_INITIALISED("INVALID_PLATFORM_STATE", "a command of SNP comes after SNP_INIT", "every command of SNP"),
    CONTEXT_IS_CONTEXT(
            "INVALID_GUEST", "what a command takes for a guest's context is in the state Context",
            "every command of a guest",
            "the firmware's list of guests, which is looked at next, has Context pages only: commands that would change their state are refused"),
    GUEST_IS_ACTIVE(
            "INACTIVE", "a command that uses a guest's key finds that it has an ASID", "every command of a guest",
            "a guest without an ASID owns no page that is under a key, and whose a page is the command looks at next"),
    INIT_IS_CONFIGURED(
            "INVALID_CONFIG", "SNP_INIT finds SNP on and no guest begun on every core, and an aligned RMP", "SNP_INIT"),
    INIT_MEMORY_HAS_NO_ALIAS("INVALID_CONFIG", "SNP_INIT finds that no two addresses are the same memory", "SNP_INIT"),
    INIT_RMP_IS_PROTECTED(
            "no store", "no core's store reaches the RMP from the moment SNP_INIT makes its entries", "SNP_INIT"),
    INIT_EX_RMP_IS_MADE(
            "RMP_INIT_REQUIRED", "SNP_INIT_EX that keeps the RMP finds one which an earlier SNP_INIT made",
            "SNP_INIT_EX"),
    SHUTDOWN_ASIDS_ARE_CLEAN("DF_FLUSH_REQUIRED", "SNP_SHUTDOWN finds every ASID clean", "SNP_SHUTDOWN"),
    GCTX_CREATE_PAGE_IS_FIRMWARES("INVALID_PAGE_STATE", "SNP_GCTX_CREATE takes a Firmware page", "SNP_GCTX_CREATE"),
    ACTIVATE_ASID_HAS_NO_PAGES(
            "INVALID_CONFIG", "SNP_ACTIVATE finds no page that is still assigned to the ASID", "SNP_ACTIVATE"),
    LAUNCH_UPDATE_PAGE_IS_PRE_GUEST(
            "INVALID_PAGE_STATE", "SNP_LAUNCH_UPDATE takes a Pre-Guest page", "SNP_LAUNCH_UPDATE",
            "a page of the guest's that is validated already is measured twice, which the digest tells; one that is not immutable the host could change "
                    + "while the firmware encrypts it, and a command is one step here"),
    LAUNCH_UPDATE_SIZE_AGREES("INVALID_PAGE_SIZE", "SNP_LAUNCH_UPDATE names the page's own size", "SNP_LAUNCH_UPDATE"),
    LAUNCH_UPDATE_TYPE_IS_4K("INVALID_PAGE_SIZE", "VMSA, secrets and CPUID pages are 4K", "SNP_LAUNCH_UPDATE",
            "the command goes through a large page 4K by 4K, and fills and measures each alike"),
    LAUNCH_UPDATE_GUEST_IS_LAUNCHED(
            "INVALID_GUEST_STATE", "SNP_LAUNCH_UPDATE comes before SNP_LAUNCH_FINISH", "SNP_LAUNCH_UPDATE"),
    LAUNCH_UPDATE_PAGE_IS_GUESTS(
            "INVALID_PAGE_OWNER", "SNP_LAUNCH_UPDATE takes a page of the guest's ASID", "SNP_LAUNCH_UPDATE"),
    RECLAIM_SIZE_AGREES("INVALID_PAGE_SIZE", "SNP_PAGE_RECLAIM names the page's own size", "SNP_PAGE_RECLAIM",
            "the command changes the one entry at its address, and nothing in it depends on the size"),
    RECLAIM_STATE_IS_RECLAIMABLE(
            "INVALID_PAGE_STATE", "SNP_PAGE_RECLAIM takes Metadata, Firmware, Pre-Guest and Pre-Swap pages",
            "SNP_PAGE_RECLAIM"),
    MOVE_STATES_FIT("INVALID_PAGE_STATE",
            "SNP_PAGE_MOVE takes Pre-Guest or Pre-Swap to Pre-Guest, or Metadata to Firmware", "SNP_PAGE_MOVE"),
    MOVE_SIZES_AGREE("INVALID_PAGE_SIZE", "SNP_PAGE_MOVE finds both pages of the size it names", "SNP_PAGE_MOVE"),
    MOVE_PAGES_ARE_GUESTS("INVALID_PAGE_OWNER", "SNP_PAGE_MOVE takes pages of the guest's", "SNP_PAGE_MOVE"),
    MD_INIT_PAGE_IS_FIRMWARES("INVALID_PAGE_STATE", "SNP_MD_INIT takes a Firmware page", "SNP_MD_INIT"),
    SET_STATE_PAGES_ARE_FIRMWARES(
            "INVALID_PAGE_STATE", "SNP_PAGE_SET_STATE takes Firmware pages", "SNP_PAGE_SET_STATE"),
    UNSMASH_PAGES_ARE_ALIKE(
            "INVALID_PAGE_STATE", "SNP_PAGE_UNSMASH finds immutable 4K pages of one guest, alike and consecutive",
            "SNP_PAGE_UNSMASH"),
    SWAP_METADATA_IS_METADATA(
            "INVALID_PAGE_STATE", "a metadata entry lies in a Metadata page", "SNP_SWAP_OUT and SNP_SWAP_IN",
            "only the RMP entry of a Metadata page names a context, and whose it is the command looks at next"),
    SWAP_METADATA_IS_GUESTS(
            "INVALID_PAGE_OWNER", "a metadata entry lies in a page of the guest's", "SNP_SWAP_OUT and SNP_SWAP_IN"),
    SWAP_SIZES_AGREE("INVALID_PAGE_SIZE", "swapping finds pages of the size it names", "SNP_SWAP_OUT and SNP_SWAP_IN"),
    SWAP_OUT_STATES_FIT(
            "INVALID_PAGE_STATE", "SNP_SWAP_OUT takes Pre-Swap, Pre-Guest or Metadata to Firmware or Default pages",
            "SNP_SWAP_OUT"),
    SWAP_OUT_PAGE_IS_GUESTS("INVALID_PAGE_OWNER", "SNP_SWAP_OUT takes a page of the guest's", "SNP_SWAP_OUT"),
    SWAP_IN_ENTRY_IS_VALID(
            "INVALID_MDATA_ENTRY", "SNP_SWAP_IN finds a valid entry of the type it names", "SNP_SWAP_IN"),
    SWAP_IN_STATES_FIT(
            "INVALID_PAGE_STATE", "SNP_SWAP_IN fills Pre-Guest pages, or a Firmware page with metadata", "SNP_SWAP_IN"),
    SWAP_IN_PAGE_IS_GUESTS("INVALID_PAGE_OWNER", "SNP_SWAP_IN fills a page of the guest's", "SNP_SWAP_IN"),
    SWAP_IN_IS_AUTHENTIC(
            "BAD_MEASUREMENT", "SNP_SWAP_IN finds the authentication tag that the entry has", "SNP_SWAP_IN");

    // A record of texts.
    @SuppressWarnings("ImmutableEnumChecker")
    private final Check check;

    FirmwareGuard(String refuses, String holds, String source) {
        this(refuses, holds, source, "");
    }

    FirmwareGuard(String refuses, String holds, String source, String unneeded) {
        check = new Check(refuses, holds, "SEV firmware, sev_mcmd.c, " + source, unneeded);
    }

    @Override
    public Check check() {
        return check;
    }
}
