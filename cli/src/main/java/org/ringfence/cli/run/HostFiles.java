package org.ringfence.cli.run;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.ringfence.cli.casefile.BadInput;
import org.ringfence.cli.casefile.Position;
import org.ringfence.cli.casefile.Problem;
import org.ringfence.cli.casefile.Quoted;
import org.ringfence.platform.cost.BadCosts;
import org.ringfence.platform.cost.CostTable;
import org.ringfence.platform.life.BootMap;
import org.ringfence.stack.guest.igvm.IgvmFile;
import org.ringfence.stack.guest.igvm.IgvmReader;
import org.ringfence.stack.guest.igvm.IgvmRefused;
import org.ringfence.stack.guest.linux.TableRefused;
import org.ringfence.stack.guest.linux.UnacceptedTable;
import org.ringfence.stack.guest.uefi.map.DescriptorRefused;
import org.ringfence.stack.guest.uefi.map.EfiMemoryMap;
import org.ringfence.stack.host.inventory.BadInventory;
import org.ringfence.stack.host.inventory.CpuList;
import org.ringfence.stack.host.inventory.HostMemoryMap;

/** Reads the files that describe a host or what it launches; whatever is wrong becomes one sentence with its place. */
public record HostFiles(Path workingDirectory) {
    /** A kernel log of a host that is up for long, or an image with a firmware and a kernel, and more. */
    private static final int MOST_MIB = 64;

    /** The memory map in a kernel log. */
    public HostMemoryMap memoryMap(String file) throws BadInput {
        return read(file, "a kernel log", HostMemoryMap::read);
    }

    /** The processors that {@code lscpu -p} lists. */
    public CpuList cpus(String file) throws BadInput {
        return read(file, "what 'lscpu -p' prints", CpuList::read);
    }

    /** What operations cost: the program's table, with what {@code file} has in its place. */
    public CostTable costs(String file) throws BadInput {
        try {
            return CostTable.defaults().with(new String(bytes(file, "costs"), StandardCharsets.UTF_8));
        } catch (BadCosts bad) {
            throw new BadInput(new Problem(file, new Position(bad.line(), 1), bad.sentence()));
        } catch (OutOfMemoryError full) {
            throw noRoom(file);
        }
    }

    /** A UEFI memory map in text. */
    private EfiMemoryMap efiMap(String file) throws BadInput {
        return read(file, "a UEFI memory map", EfiMemoryMap::readText);
    }

    /** The descriptors that GetMemoryMap returned, so many bytes from one to the next. */
    private EfiMemoryMap descriptors(String file, long descriptorSize) throws BadInput {
        try {
            int size = (int) Math.min(Math.max(descriptorSize, 0), Integer.MAX_VALUE);
            return EfiMemoryMap.readDescriptors(bytes(file, "memory descriptors"), size);
        } catch (DescriptorRefused refused) {
            throw bad(file, String.valueOf(refused.getMessage()));
        } catch (OutOfMemoryError full) {
            throw noRoom(file);
        }
    }

    /**
     * The memory map of a guest that can be played.
     *
     * @param descriptorSize of a file of descriptors; empty for one of text
     */
    public BootMap guestMap(String file, OptionalLong descriptorSize) throws BadInput {
        try {
            return BootMap.of(
                    descriptorSize.isPresent() ? descriptors(file, descriptorSize.getAsLong()) : efiMap(file));
        } catch (IllegalArgumentException misfit) {
            throw bad(file, String.valueOf(misfit.getMessage()));
        }
    }

    private interface Reader<T> {
        T read(byte[] bytes) throws BadInventory;
    }

    private <T> T read(String file, String allowed, Reader<T> reader) throws BadInput {
        try {
            return reader.read(bytes(file, allowed));
        } catch (BadInventory bad) {
            throw new BadInput(new Problem(file, new Position(bad.line(), bad.column()), bad.sentence()));
        } catch (OutOfMemoryError full) {
            throw noRoom(file);
        }
    }

    /** A launch file; {@code file} is named in a working directory. */
    public IgvmFile igvm(String file) throws BadInput {
        try {
            return IgvmReader.read(bytes(file, "an IGVM image"));
        } catch (IgvmRefused refused) {
            throw bad(file, String.valueOf(refused.getMessage()));
        } catch (OutOfMemoryError full) {
            throw noRoom(file);
        }
    }

    /** A table of unaccepted memory that was dumped from a guest; {@code file} is named in a working directory. */
    public UnacceptedTable unaccepted(String file) throws BadInput {
        try {
            return UnacceptedTable.read(bytes(file, "a struct efi_unaccepted_memory"));
        } catch (TableRefused refused) {
            throw bad(file, String.valueOf(refused.getMessage()));
        } catch (OutOfMemoryError full) {
            throw noRoom(file);
        }
    }

    private byte[] bytes(String file, String allowed) throws BadInput {
        try {
            Path path = workingDirectory.resolve(file);
            if (Files.isDirectory(path)) {
                throw bad(file, "is a directory; allowed is a file with " + allowed);
            }
            // A device or a pipe tells no size and may have no end.
            if (Files.isRegularFile(path) && Files.size(path) > (long) MOST_MIB << 20) {
                throw tooLarge(file, allowed);
            }
            try (InputStream in = Files.newInputStream(path)) {
                byte[] bytes = in.readNBytes((MOST_MIB << 20) + 1);
                if (bytes.length > MOST_MIB << 20) {
                    throw tooLarge(file, allowed);
                }
                return bytes;
            }
        } catch (NoSuchFileException missing) {
            throw bad(file, "there is no such file; allowed is a file with " + allowed);
        } catch (InvalidPathException odd) {
            throw bad(Quoted.plain(file), "is no file's name; allowed is a file with " + allowed);
        } catch (IOException unreadable) {
            throw bad(file, "cannot be read: " + Quoted.plain(String.valueOf(unreadable.getMessage())));
        }
    }

    private static BadInput tooLarge(String file, String allowed) {
        return bad(file, "is larger than the %d MiB that are allowed for %s".formatted(MOST_MIB, allowed));
    }

    private static BadInput noRoom(String file) {
        return bad(file, "is too large for the Java heap; RINGFENCE_JVM_OPTIONS=-Xmx4g allows more");
    }

    private static BadInput bad(String file, String sentence) {
        return new BadInput(new Problem(file, null, sentence));
    }
}
