package org.ringfence.platform.tdx.host;

import java.util.Locale;

/** The Java heap cannot hold the machine. */
public final class TooLittleMemory extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final double GIB = 1 << 30;

    private TooLittleMemory(String sentence) {
        super(sentence, null, false, false);
    }

    /** The heap cannot hold a state of so many bytes. Of a heap a third is for what does not live long. */
    public static TooLittleMemory forState(long bytes) {
        return new TooLittleMemory(String.format(
                Locale.ROOT,
                "the machine's state takes %.1f GiB, and the Java heap may have %.1f; RINGFENCE_JVM_OPTIONS=-Xmx%dg allows more",
                bytes / GIB,
                Runtime.getRuntime().maxMemory() / GIB,
                (long) Math.ceil(bytes * 1.5 / GIB) + 1));
    }
}
