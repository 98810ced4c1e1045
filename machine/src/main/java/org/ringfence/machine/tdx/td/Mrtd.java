package org.ringfence.machine.tdx.td;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.ringfence.machine.tdx.seamcall.TdhMrExtend;

/**
 * The measurement of a TD's launch in life: SHA-384 over a block of 128 bytes for each page added, with the leaf's name
 * and the address; and for each 256 bytes measured such a block and the bytes. What a page holds is not measured when
 * it is added.
 *
 * <p>Source: TDX module 1.5.01, tdh_mem_page_add.c, tdh_mr_extend.c, tdh_mr_finalize.c.
 */
public final class Mrtd {
    private static final int BLOCK = 128;
    private static final int ADDRESS_AT = 16;

    private final MessageDigest sha384;

    /** Nothing is measured yet. */
    public Mrtd() {
        try {
            sha384 = MessageDigest.getInstance("SHA-384");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-384", e);
        }
    }

    /** TDH.MEM.PAGE.ADD of the page at {@code gpa}. */
    public void pageAdd(long gpa) {
        sha384.update(block("MEM.PAGE.ADD", gpa));
    }

    /** TDH.MR.EXTEND of 256 bytes at {@code gpa}. */
    public void extend(long gpa, byte[] bytes) {
        if (bytes.length != TdhMrExtend.BYTES) {
            throw new IllegalArgumentException("TDH.MR.EXTEND measures 256 bytes, not " + bytes.length);
        }
        sha384.update(block("MR.EXTEND", gpa));
        sha384.update(bytes);
    }

    /** TDH.MR.FINALIZE: the 48 bytes of MRTD. */
    public byte[] digest() {
        return sha384.digest();
    }

    private static byte[] block(String name, long gpa) {
        ByteBuffer block = ByteBuffer.allocate(BLOCK).order(ByteOrder.LITTLE_ENDIAN);
        block.put(name.getBytes(StandardCharsets.US_ASCII));
        return block.putLong(ADDRESS_AT, gpa).array();
    }
}
