package org.ringfence.cli.run;

/** Shows boots of firmware, or what of them there was. */
public interface FirmwareReport {
    /**
     * Shows them.
     *
     * @param exit with what the program ends
     */
    void show(FirmwareRequest.Told told, int exit);
}
