package org.ringfence.checker.explore;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A search on disk, so that it goes on where it stood after its process has ended in whatever way.
 *
 * <p>What a search finds is appended to files as it is found: fingerprints and parents of all states, and the words of
 * the states of a level. None of them is ever written anew. A mark tells how long each file was when the search stood
 * at the beginning of a round, and all else that the search knows. A mark is written beside the old one, forced to disk
 * after the files that it tells of, and renamed over it: so there is always one that is whole, whenever the process is
 * killed and wherever the disk is full. Whoever goes on cuts off what is behind the mark and reads the files; as rounds
 * find the same whatever stood in caches, counts, verdicts and traces are those of a search that was never interrupted.
 *
 * <p>A file {@code search} tells what is searched. Only the same search goes on: of the same version, case and machine.
 * It is locked as long as a process works with the folder.
 */
public final class Checkpoint implements AutoCloseable {
    private static final String WHAT = "search";
    private static final String MARK = "mark";
    private static final String NEW_MARK = "mark.new";
    private static final String FINGERPRINTS = "fingerprints";
    private static final String TAGS = "tags";
    private static final String PARENTS = "parents";
    private static final String LEVEL = "level-";
    private static final String APART = "pages-apart";
    private static final int MOST_AT_ONCE = 1 << 30;

    private final Path folder;
    private final FileChannel lock;
    private final byte @Nullable [] found;
    private final List<FileChannel> open = new ArrayList<>();
    private @Nullable FileChannel fingerprints;
    private @Nullable FileChannel tags;
    private @Nullable FileChannel parents;
    private @Nullable FileChannel level;
    private int oldestLevel;
    private boolean marksEverywhere;
    private String failure = "";

    private Checkpoint(Path folder, FileChannel lock, byte @Nullable [] found) {
        this.folder = folder;
        this.lock = lock;
        this.found = found;
    }

    /**
     * A checkpoint of a search that begins.
     *
     * @param search what is searched: what it is called, and what it is
     * @throws CheckpointRefused where the folder holds a search already, or cannot be made
     */
    public static Checkpoint begin(Path folder, Map<String, String> search) {
        try {
            Files.createDirectories(folder);
            if (Files.exists(folder.resolve(MARK))) {
                throw new CheckpointRefused(
                        "%s holds a search already; --resume goes on with it, and an empty folder begins another"
                                .formatted(folder));
            }
            FileChannel lock = lock(folder);
            lock.truncate(0);
            write(lock, ByteBuffer.wrap(text(search)));
            lock.force(true);
            return new Checkpoint(folder, lock, null);
        } catch (IOException e) {
            throw new CheckpointRefused("a search cannot be kept in %s: %s".formatted(folder, why(e)));
        }
    }

    /**
     * The checkpoint of a search that goes on; of one that begins where its process ended before there was a mark.
     *
     * @throws CheckpointRefused where the folder holds another search, or a broken one
     */
    public static Checkpoint resume(Path folder, Map<String, String> search) {
        if (!Files.exists(folder.resolve(MARK))) {
            return begin(folder, search);
        }
        try {
            FileChannel lock = lock(folder);
            try {
                refuseAnother(folder, Files.readAllLines(folder.resolve(WHAT)), search);
                return new Checkpoint(folder, lock, whole(folder, Files.readAllBytes(folder.resolve(MARK))));
            } catch (IOException | CheckpointRefused e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw new CheckpointRefused("the search in %s cannot be read: %s".formatted(folder, why(e)));
        }
    }

    private static FileChannel lock(Path folder) throws IOException {
        FileChannel channel = FileChannel.open(
                folder.resolve(WHAT), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
        } catch (OverlappingFileLockException inThisProcess) {
            // As by another process.
        }
        channel.close();
        throw new CheckpointRefused("another process works on the search in %s".formatted(folder));
    }

    private static byte[] text(Map<String, String> search) {
        StringBuilder text = new StringBuilder();
        search.forEach((name, value) -> text.append(name).append(": ").append(value.replace('\n', ' ')).append('\n'));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void refuseAnother(Path folder, List<String> kept, Map<String, String> search) {
        List<String> here = new String(text(search), StandardCharsets.UTF_8).lines().toList();
        for (int i = 0; i < here.size(); i++) {
            String was = i < kept.size() ? kept.get(i) : "nothing";
            if (!was.equals(here.get(i))) {
                throw new CheckpointRefused("%s holds another search: it has %s, and this one has %s"
                        .formatted(folder, was, here.get(i)));
            }
        }
    }

    /** A mark without its checksum. */
    private static byte[] whole(Path folder, byte[] mark) {
        int length = mark.length - Long.BYTES;
        if (length < 0 || checksum(mark, length) != ByteBuffer.wrap(mark).getLong(length)) {
            throw new CheckpointRefused("the mark of the search in %s is damaged".formatted(folder));
        }
        return Arrays.copyOf(mark, length);
    }

    private static long checksum(byte[] bytes, int length) {
        CRC32 checksum = new CRC32();
        checksum.update(bytes, 0, length);
        return checksum.getValue();
    }

    private static String why(IOException e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    /** Where it is. */
    public Path folder() {
        return folder;
    }

    /** Marks wherever there can be a mark, however short a time after the last: for tests. */
    void markEverywhere() {
        marksEverywhere = true;
    }

    boolean marksEverywhere() {
        return marksEverywhere;
    }

    /** Whether a search goes on. */
    boolean goesOn() {
        return found != null;
    }

    /** What the last mark tells. */
    DataInputStream mark() {
        return new DataInputStream(new ByteArrayInputStream(Objects.requireNonNull(found)));
    }

    /** Writes a part of a mark. */
    @FunctionalInterface
    interface Telling {
        void write(DataOutputStream out) throws IOException;
    }

    /** Forces what was appended to disk, and then writes a mark in the old one's place. */
    void mark(int levelNow, Telling telling) {
        try {
            for (FileChannel channel : open) {
                channel.force(false);
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(bytes);
            telling.write(out);
            byte[] told = bytes.toByteArray();
            ByteBuffer mark = ByteBuffer.allocate(told.length + Long.BYTES);
            mark.put(told).putLong(checksum(told, told.length)).flip();
            Path fresh = folder.resolve(NEW_MARK);
            try (FileChannel channel = FileChannel.open(
                    fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
                write(channel, mark);
                channel.force(true);
            }
            Files.move(fresh, folder.resolve(MARK), StandardCopyOption.ATOMIC_MOVE);
            for (; oldestLevel < levelNow; oldestLevel++) {
                Files.deleteIfExists(levelFile(oldestLevel));
            }
        } catch (IOException e) {
            throw new CheckpointFailed(folder, why(e));
        }
    }

    private Path levelFile(int number) {
        return folder.resolve(LEVEL + number);
    }

    /** From now on appends behind what there is of a search with so many states, of which so many are of this level. */
    void openAt(long states, boolean wide, int itsLevel, long statesOfLevel, int bytesPerState) {
        try {
            fingerprints = open(folder.resolve(FINGERPRINTS), states * Long.BYTES);
            tags = wide ? open(folder.resolve(TAGS), states * Short.BYTES) : null;
            parents = open(folder.resolve(PARENTS), states * Integer.BYTES);
            level = open(levelFile(itsLevel), statesOfLevel * bytesPerState);
            oldestLevel = 0;
        } catch (IOException e) {
            throw new CheckpointFailed(folder, why(e));
        }
    }

    private FileChannel open(Path file, long length) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (channel.size() < length) {
            channel.close();
            throw new CheckpointRefused("the search in %s is damaged: %s is too short".formatted(folder, file));
        }
        channel.truncate(length);
        channel.position(length);
        open.add(channel);
        return channel;
    }

    /** The states found next are of this level. */
    void nextLevel(int itsLevel) {
        try {
            FileChannel done = Objects.requireNonNull(level);
            done.force(false);
            done.close();
            open.remove(done);
            level = open(levelFile(itsLevel), 0);
        } catch (IOException e) {
            throw new CheckpointFailed(folder, why(e));
        }
    }

    /** Appends states: by address their fingerprints, tags, parents and words. */
    void append(long states, long itsFingerprints, long itsTags, long itsParents, long words, int bytesPerState) {
        try {
            write(fingerprints, itsFingerprints, states * Long.BYTES);
            if (tags != null) {
                write(tags, itsTags, states * Short.BYTES);
            }
            write(parents, itsParents, states * Integer.BYTES);
            write(level, words, states * bytesPerState);
        } catch (IOException e) {
            throw new CheckpointFailed(folder, why(e));
        }
    }

    private static void write(@Nullable FileChannel channel, long address, long bytes) throws IOException {
        for (long done = 0; done < bytes; done += MOST_AT_ONCE) {
            write(Objects.requireNonNull(channel),
                    OffHeap.buffer(address + done, (int) Math.min(MOST_AT_ONCE, bytes - done)));
        }
    }

    private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Reads fingerprints of states from one on to the address. */
    void readFingerprints(long from, int states, long address) {
        read(folder.resolve(FINGERPRINTS), from * Long.BYTES, address, (long) states * Long.BYTES);
    }

    /** Reads tags. */
    void readTags(long from, int states, long address) {
        read(folder.resolve(TAGS), from * Short.BYTES, address, (long) states * Short.BYTES);
    }

    /** Reads parents. */
    void readParents(long states, long address) {
        read(folder.resolve(PARENTS), 0, address, states * Integer.BYTES);
    }

    /** Reads the words of the states of a level. */
    void readLevel(int itsLevel, long address, long bytes) {
        read(levelFile(itsLevel), 0, address, bytes);
    }

    private void read(Path file, long from, long address, long bytes) {
        if (bytes == 0) {
            return;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            channel.position(from);
            for (long done = 0; done < bytes;) {
                int read = channel.read(OffHeap.buffer(address + done, (int) Math.min(MOST_AT_ONCE, bytes - done)));
                if (read < 0) {
                    throw new CheckpointRefused("the search in %s is damaged: %s is too short".formatted(folder, file));
                }
                done += read;
            }
        } catch (IOException e) {
            throw new CheckpointRefused("the search in %s cannot be read: %s".formatted(folder, why(e)));
        }
    }

    /** Whether the search in {@code folder} has found out that pages are not alike. */
    public static boolean keepsPagesApart(Path folder) {
        return Files.exists(folder.resolve(APART));
    }

    /** Forgets a search that took pages for alike; the next one in this folder keeps them apart. */
    public void keepPagesApart() {
        try {
            closeFiles();
            Files.deleteIfExists(folder.resolve(MARK));
            Files.write(folder.resolve(APART), new byte[0]);
        } catch (IOException e) {
            throw new CheckpointFailed(folder, why(e));
        }
    }

    void fail(CheckpointFailed why) {
        failure = String.valueOf(why.getMessage());
    }

    /** Why the search could not be kept; empty where it could. */
    public String failure() {
        return failure;
    }

    private void closeFiles() throws IOException {
        for (FileChannel channel : open) {
            channel.close();
        }
        open.clear();
    }

    @Override
    public void close() {
        try {
            closeFiles();
            lock.close();
        } catch (IOException e) {
            throw new CheckpointFailed(folder, why(e));
        }
    }
}
