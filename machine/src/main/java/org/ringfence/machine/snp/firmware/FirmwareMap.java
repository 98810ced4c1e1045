package org.ringfence.machine.snp.firmware;

import org.ringfence.machine.snp.rmp.RmpGeometry;

/**
 * What SNP_INIT makes of memory: it is all the hypervisor's, except ranges that are HV_Fixed or the IOMMU's.
 *
 * @param rmp where the RMP is
 * @param firstFixed the first frame of HV_Fixed memory
 * @param fixed how many frames of it
 * @param firstIommu the first frame of the IOMMU's event logs
 * @param iommus how many frames of them
 */
public record FirmwareMap(RmpGeometry rmp, int firstFixed, int fixed, int firstIommu, int iommus) {

    /** All memory is the hypervisor's, and the RMP lies above {@code frames} frames. */
    public static FirmwareMap plain(int frames) {
        long bytes = (long) frames << 12;
        long base = (bytes + RmpGeometry.FIRMWARE_ALIGNMENT - 1)
                / RmpGeometry.FIRMWARE_ALIGNMENT
                * RmpGeometry.FIRMWARE_ALIGNMENT;
        return new FirmwareMap(RmpGeometry.covering(base, bytes), 0, 0, 0, 0);
    }

    boolean isFixed(int frame) {
        return frame >= firstFixed && frame < firstFixed + fixed;
    }

    boolean isIommus(int frame) {
        return frame >= firstIommu && frame < firstIommu + iommus;
    }
}
