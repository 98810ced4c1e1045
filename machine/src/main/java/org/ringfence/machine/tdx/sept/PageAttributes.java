package org.ringfence.machine.tdx.sept;

/**
 * What L1 lets one L2 VM do with a page: bits 7:0 of the VM's word in TDG.MEM.PAGE.ATTR.RD and WR. Source: TDX module
 * 1.5.01, tdx_api_defs.h (gpa_attr_single_vm_t), helpers.h (is_gpa_attr_legal, is_gpa_attr_present).
 */
public final class PageAttributes {
    /** R. */
    public static final int READ = 1;

    /** W. */
    public static final int WRITE = 2;

    /** Xs, execution by a supervisor. */
    public static final int EXECUTE = 4;

    /** Xu, execution by a user. */
    public static final int USER_EXECUTE = 8;

    /** VGP. */
    public static final int VERIFY_GUEST_PAGING = 0x10;

    /** PWA. */
    public static final int PAGING_WRITE_ACCESS = 0x20;

    /** SSS. */
    public static final int SHADOW_STACK = 0x40;

    /** SVE; never legal. */
    public static final int SUPPRESS_VE = 0x80;

    /** R, W, Xs and Xu. */
    public static final int PERMISSIONS = 0xF;

    /** All that a page may have. */
    public static final int ALL = 0xFF;

    private static final int RESERVED = 0x7F00;
    private static final String[] NAMES = {"R", "W", "Xs", "Xu", "VGP", "PWA", "SSS", "SVE"};

    private PageAttributes() {}

    /** Whether the VM has an entry for the page at all. */
    public static boolean isPresent(int attributes) {
        return (attributes & PERMISSIONS) != 0;
    }

    /** Whether they may go together. */
    public static boolean isLegal(int attributes) {
        boolean needsRead = (attributes & (WRITE | PAGING_WRITE_ACCESS)) != 0;
        return (attributes & (SUPPRESS_VE | RESERVED)) == 0 && (!needsRead || (attributes & READ) != 0);
    }

    /** Their names. */
    public static String print(int attributes) {
        StringBuilder text = new StringBuilder();
        for (int bit = 0; bit < NAMES.length; bit++) {
            if ((attributes >> bit & 1) != 0) {
                text.append(text.isEmpty() ? "" : " ").append(NAMES[bit]);
            }
        }
        return text.isEmpty() ? "none" : text.toString();
    }
}
