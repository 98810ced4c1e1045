package org.ringfence.cli.own;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;

/** A class of the user's, and where it is from. */
final class OwnClass {
    private final Bundle bundle;
    private final String file;
    private final byte[] bytes;
    private final ClassModel model;

    /**
     * A class.
     *
     * @param file the file it is from, as the user would name it: its source where that is given
     * @throws IllegalArgumentException when {@code bytes} are no class file
     */
    OwnClass(Bundle bundle, String file, byte[] bytes) {
        this.bundle = bundle;
        this.file = file;
        this.bytes = bytes;
        this.model = ClassFile.of().parse(bytes);
    }

    Bundle bundle() {
        return bundle;
    }

    String file() {
        return file;
    }

    byte[] bytes() {
        return bytes;
    }

    ClassModel model() {
        return model;
    }

    /** With dots. */
    String name() {
        return model.thisClass().asInternalName().replace('/', '.');
    }

    /** Whether the file is the source, so that its lines can be named. */
    boolean isFromSource() {
        return file.endsWith(".java");
    }
}
