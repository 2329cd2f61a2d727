/**
 * A result by its file, for a client on the same machine that accepts this type: see formats/file-identity. It copies the file,
 * where it finds that very one, instead of having it streamed. Not among the schemas: clients load none of those.
 */
export const fileReferenceType = 'application/vnd.gemmesh.file+json'
