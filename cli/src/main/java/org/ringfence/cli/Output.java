package org.ringfence.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** Writes to a file descriptor and remembers why it no longer could, which a {@link java.io.PrintStream} forgets. */
final class Output extends OutputStream {
    private final FileOutputStream stream;
    private volatile @Nullable String failure;

    Output(FileDescriptor descriptor) {
        this.stream = new FileOutputStream(descriptor);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        try {
            stream.write(bytes, from, length);
        } catch (IOException e) {
            failure = String.valueOf(e.getMessage());
            throw e;
        }
    }

    /** Why something could not be written; null when all was, or when its reader had read enough. */
    @Nullable
    String failure() {
        String why = failure;
        return why == null || why.contains("Broken pipe") ? null : why;
    }
}
