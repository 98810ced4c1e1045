package org.ringfence.stack.guest.igvm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.ringfence.machine.tdx.seamcall.TdhMrExtend;
import org.ringfence.machine.tdx.td.Mrtd;
import org.ringfence.stack.guest.igvm.IgvmHeader.PageDataType;

/**
 * The measurement of a launch, where the platform defines one: the launch digest of SEV-SNP, or MRTD of TDX, 48 bytes
 * each.
 *
 * <p>Steps are measured in the order of the file. On SEV-SNP a page without contents is a ZERO page and parameters are
 * UNMEASURED pages, as QEMU loads them; a VMSA page is measured where the file places it, while KVM measures VMSAs last
 * and at GPA 0xFFFFFFFFF000, where files for KVM have them. Required and shared memory is not measured.
 *
 * <p>Sources: SEV Secure Nested Paging Firmware ABI Specification, publication 56860, SNP_LAUNCH_UPDATE (PAGE_INFO);
 * TDX module 1.5.01, tdh_mem_page_add.c, tdh_mr_extend.c.
 */
public final class LaunchDigest {
    private static final int PAGE = 0x1000;
    private static final int DIGEST = 48;
    private static final int PAGE_INFO = 0x70;
    private static final int LENGTH_AT = 0x60;
    private static final int PAGE_TYPE_AT = 0x62;
    private static final int GPA_AT = 0x68;

    /** PAGE_TYPE of SNP_LAUNCH_UPDATE, by its number less one. */
    private enum SnpPage {
        NORMAL,
        VMSA,
        ZERO,
        UNMEASURED,
        SECRETS,
        CPUID
    }

    private LaunchDigest() {}

    /** That of {@code plan}, in hexadecimal; empty where the platform defines none. */
    public static Optional<String> of(LaunchPlan plan) {
        return switch (plan.platform()) {
            case SEV_SNP -> Optional.of(HexFormat.of().formatHex(snp(plan)));
            case TDX -> Optional.of(HexFormat.of().formatHex(tdx(plan)));
            case NATIVE, VSM_ISOLATION, SEV, SEV_ES, CCA -> Optional.empty();
        };
    }

    private static byte[] tdx(LaunchPlan plan) {
        Mrtd mrtd = new Mrtd();
        for (LaunchStep step : plan.steps()) {
            switch (step) {
                case LaunchStep.LoadPage page when !page.shared() -> {
                    byte[] contents = page.contents().paddedTo(page.size());
                    for (int at = 0; at < page.size(); at += PAGE) {
                        mrtd.pageAdd(page.gpa() + at);
                        for (int part = at; page.measured() && part < at + PAGE; part += TdhMrExtend.BYTES) {
                            mrtd.extend(
                                    page.gpa() + part, Arrays.copyOfRange(contents, part, part + TdhMrExtend.BYTES));
                        }
                    }
                }
                case LaunchStep.LoadParameters(long gpa, Contents contents) -> {
                    for (int at = 0; at < contents.length(); at += PAGE) {
                        mrtd.pageAdd(gpa + at);
                    }
                }
                case LaunchStep.LoadPage _,LaunchStep.RequireMemory _,LaunchStep.StartVp _,LaunchStep.ShareRange _ -> {
                }
            }
        }
        return mrtd.digest();
    }

    private static byte[] snp(LaunchPlan plan) {
        MessageDigest sha384 = sha384();
        byte[] digest = new byte[DIGEST];
        for (LaunchStep step : plan.steps()) {
            switch (step) {
                case LaunchStep.LoadPage page when !page.shared() -> {
                    byte[] contents = page.contents().paddedTo(page.size());
                    for (int at = 0; at < page.size(); at += PAGE) {
                        digest = update(sha384, digest, type(page), page.gpa() + at, contents, at);
                    }
                }
                case LaunchStep.LoadParameters(long gpa, Contents contents) -> {
                    byte[] bytes = contents.paddedTo(contents.length());
                    for (int at = 0; at < bytes.length; at += PAGE) {
                        digest = update(sha384, digest, SnpPage.UNMEASURED, gpa + at, bytes, at);
                    }
                }
                case LaunchStep.StartVp(int _, long gpa, Contents context) ->
                    digest = update(sha384, digest, SnpPage.VMSA, gpa, context.paddedTo(PAGE), 0);
                case LaunchStep.LoadPage _,LaunchStep.RequireMemory _,LaunchStep.ShareRange _ -> {
                }
            }
        }
        return digest;
    }

    private static SnpPage type(LaunchStep.LoadPage page) {
        return switch (page.dataType()) {
            case SECRETS -> SnpPage.SECRETS;
            case CPUID_DATA, CPUID_XF -> SnpPage.CPUID;
            case NORMAL -> !page.measured()
                    ? SnpPage.UNMEASURED
                    : page.contents().length() == 0 ? SnpPage.ZERO : SnpPage.NORMAL;
        };
    }

    private static byte[] update(
            MessageDigest sha384, byte[] digest, SnpPage type, long gpa, byte[] contents, int from) {
        ByteBuffer info = ByteBuffer.allocate(PAGE_INFO).order(ByteOrder.LITTLE_ENDIAN);
        info.put(digest);
        if (type == SnpPage.NORMAL || type == SnpPage.VMSA) {
            sha384.update(contents, from, PAGE);
            info.put(sha384.digest());
        }
        info.putShort(LENGTH_AT, (short) PAGE_INFO)
                .put(PAGE_TYPE_AT, (byte) (type.ordinal() + 1))
                .putLong(GPA_AT, gpa);
        return sha384.digest(info.array());
    }

    private static MessageDigest sha384() {
        try {
            return MessageDigest.getInstance("SHA-384");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-384", e);
        }
    }

    /**
     * How many pages of {@code plan} have contents that nobody measures: whoever loads the file can put anything there.
     */
    public static long unmeasuredContents(LaunchPlan plan) {
        return plan.steps().stream()
                .filter(step -> step instanceof LaunchStep.LoadPage page
                        && !page.measured()
                        && !page.shared()
                        && page.dataType() == PageDataType.NORMAL
                        && !page.contents().isZeroFrom(0))
                .count();
    }
}
