/*
 * ScaLAPACK's side of bench/cluster.ts: mpirun -n 2 pdgemm A.npy B.npy C.npy BLOCK, float64 in C order.
 *
 * A file in C order is its transpose in Fortran order, so that C' = B' A' is computed on the bytes as they lie there. All
 * matrices are block-cyclic over a grid of 1 x ranks; each rank reads and writes its part by collective MPI-IO.
 */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void Cblacs_pinfo(int *, int *);
void Cblacs_get(int, int, int *);
void Cblacs_gridinit(int *, const char *, int, int);
void Cblacs_gridexit(int);
int numroc_(const int *, const int *, const int *, const int *, const int *);
void descinit_(int *, const int *, const int *, const int *, const int *, const int *, const int *, const int *, const int *, int *);
void pdgemm_(const char *, const char *, const int *, const int *, const int *, const double *, const double *, const int *,
             const int *, const int *, const double *, const int *, const int *, const int *, const double *, double *, const int *,
             const int *, const int *);

enum { magic = 10, alignment = 64, headerLimit = 4096 };
static const int zero = 0, one = 1;

/* A matrix in Fortran order, `rows` x `columns`, spread over the grid. */
typedef struct {
  int rows, columns, localColumns, desc[9];
  double *local;
  MPI_Datatype part;
} Matrix;

static void fail(const char *what, const char *path) {
  fprintf(stderr, "%s: %s\n", path, what);
  MPI_Abort(MPI_COMM_WORLD, 1);
}

static Matrix spread(int rows, int columns, int block, int context, int ranks, int rank) {
  Matrix x = {.rows = rows, .columns = columns};
  int info, sizes[] = {columns, rows}, kinds[] = {MPI_DISTRIBUTE_CYCLIC, MPI_DISTRIBUTE_NONE};
  int blocks[] = {block, MPI_DISTRIBUTE_DFLT_DARG}, grid[] = {ranks, 1};
  x.localColumns = numroc_(&columns, &block, &rank, &zero, &ranks);
  x.local = malloc(sizeof(double) * rows * (size_t)(x.localColumns > 0 ? x.localColumns : 1));
  descinit_(x.desc, &rows, &columns, &block, &block, &zero, &zero, &context, &rows, &info);
  MPI_Type_create_darray(ranks, rank, 2, sizes, kinds, blocks, grid, MPI_ORDER_C, MPI_DOUBLE, &x.part);
  MPI_Type_commit(&x.part);
  return x;
}

static void transfer(Matrix *x, const char *path, long offset, int writes) {
  MPI_File file;
  MPI_Datatype column;
  int mode = writes ? MPI_MODE_WRONLY | MPI_MODE_CREATE : MPI_MODE_RDONLY;
  if (MPI_File_open(MPI_COMM_WORLD, path, mode, MPI_INFO_NULL, &file)) fail("cannot be opened", path);
  MPI_Type_contiguous(x->rows, MPI_DOUBLE, &column);
  MPI_Type_commit(&column);
  MPI_File_set_view(file, offset, MPI_DOUBLE, x->part, "native", MPI_INFO_NULL);
  int fault = writes ? MPI_File_write_all(file, x->local, x->localColumns, column, MPI_STATUS_IGNORE)
                     : MPI_File_read_all(file, x->local, x->localColumns, column, MPI_STATUS_IGNORE);
  if (fault) fail("cannot be transferred", path);
  MPI_File_close(&file);
}

/* Of a .npy of float64 in C order: its shape, and where its data begins. */
static long readHeader(const char *path, int *rows, int *columns) {
  unsigned char head[headerLimit + 1] = {0};
  FILE *file = fopen(path, "rb");
  if (file == NULL || fread(head, 1, headerLimit, file) < magic) fail("cannot be read", path);
  fclose(file);
  char *text = (char *)head + magic, *shape = strstr(text, "'shape': (");
  if (head[6] != 1 || strstr(text, "'<f8'") == NULL || shape == NULL || sscanf(shape, "'shape': (%d, %d)", rows, columns) != 2)
    fail("is not a matrix of float64", path);
  return magic + head[8] + 256 * head[9];
}

static long writeHeader(const char *path, int rows, int columns, int rank) {
  char head[2 * alignment + 1], text[2 * alignment];
  int length = snprintf(text, sizeof text, "{'descr': '<f8', 'fortran_order': False, 'shape': (%d, %d), }", rows, columns);
  long bytes = (magic + length + alignment) / alignment * alignment;
  memset(head, ' ', sizeof head);
  memcpy(head, "\x93NUMPY\x01", 7);
  head[7] = 0;
  head[8] = (char)(bytes - magic);
  head[9] = 0;
  memcpy(head + magic, text, length);
  head[bytes - 1] = '\n';
  if (rank == 0) {
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(head, 1, bytes, file) != (size_t)bytes || fclose(file)) fail("cannot be written", path);
  }
  MPI_Barrier(MPI_COMM_WORLD);
  return bytes;
}

int main(int argc, char **argv) {
  int rank, ranks, context, m, n, k, k2;
  const double alpha = 1, beta = 0;
  MPI_Init(&argc, &argv);
  if (argc != 5) fail("A.npy B.npy C.npy BLOCK are wanted", argv[0]);
  int block = atoi(argv[4]);
  Cblacs_pinfo(&rank, &ranks);
  Cblacs_get(-1, 0, &context);
  Cblacs_gridinit(&context, "Row", 1, ranks);
  long offsetA = readHeader(argv[1], &m, &k), offsetB = readHeader(argv[2], &k2, &n);
  if (k != k2) fail("does not fit A", argv[2]);
  Matrix a = spread(k, m, block, context, ranks, rank), b = spread(n, k, block, context, ranks, rank);
  Matrix c = spread(n, m, block, context, ranks, rank);
  double t0 = MPI_Wtime();
  transfer(&a, argv[1], offsetA, 0);
  transfer(&b, argv[2], offsetB, 0);
  double t1 = MPI_Wtime();
  pdgemm_("N", "N", &n, &m, &k, &alpha, b.local, &one, &one, b.desc, a.local, &one, &one, a.desc, &beta, c.local, &one, &one, c.desc);
  double t2 = MPI_Wtime();
  transfer(&c, argv[3], writeHeader(argv[3], m, n, rank), 1);
  if (rank == 0 && getenv("PDGEMM_TIMES") != NULL)
    fprintf(stderr, "read %.3f s, pdgemm %.3f s, write %.3f s\n", t1 - t0, t2 - t1, MPI_Wtime() - t2);
  Cblacs_gridexit(context);
  MPI_Finalize();
}
